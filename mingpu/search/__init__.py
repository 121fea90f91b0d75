"""Finding products: the text index, its facets, suggestions and the history a person may clear."""
