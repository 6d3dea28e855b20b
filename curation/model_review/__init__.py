"""A model reads rows and says whether their answers are right: what it is asked, what it said, which rows it reads."""
