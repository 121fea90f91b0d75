"""Programs run by hand from a checkout: measuring, drawing the style guide."""
