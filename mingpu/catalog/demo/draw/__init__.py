"""The shop's own pictures, drawn from parameters as SVG."""
