"""A look at labelled texts before anything is learnt from them."""
