"""Making models from corpora: drivers that may import anything below."""
