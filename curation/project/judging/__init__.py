"""Arms whose answers are called right or wrong: by a model on all rows held out, by people on some of them."""
