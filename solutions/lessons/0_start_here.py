# %% [markdown] lang="en"
# # Start here

# %% [markdown] lang="ko"
# # 여기서 시작합니다

# %%
from autograder import check, hint, progress, start, your_turn

start("0-start-here")

import numpy as np

# %% solution="double"
def double(x):
    """Return twice every value.

    Args:
        x: array of any shape, float32. It must stay as it is.

    Returns:
        A new array of the same shape and type.
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double" points=2
check(double)
