# %% [markdown] lang="en"
# # Start here
#
# What does multiplying do to a picture, and why would a network do it to its own pictures? The figure at the end
# answers it, with a function that you write. On the way you learn to work with these notebooks. Time: about <!-- minutes --> minutes.
#
# ## What this course is
#
# It begins with the path of a Korean tutorial, from its two networks to the two attentions that it leaves for you to
# fill in, and goes on to what others have made of them. You build every part yourself. The data is Fashion-MNIST: small
# grey pictures of clothing.
#
# <!-- lessons -->
#
# You need some Python, and to have heard of convolutions. You need no graphics card: what trains here is small, and
# the results of longer runs come with the course.

# %% [markdown] lang="ko"
# # 여기서 시작합니다
#
# 그림에 수를 곱하면 그림은 어떻게 달라질까요? 신경망은 왜 자기 안의 그림에 수를 곱할까요? 여러분이 작성한 함수로 그리는
# 마지막 그림에 답이 있습니다. 거기까지 가면서 노트북 다루는 법을 익힙니다. <!-- minutes -->분쯤 걸립니다.
#
# ## 어떤 강의인가
#
# 어텐션(attention)을 다룬 어느 한국어 튜토리얼의 순서를 따라, 기본 신경망 두 종류에서 시작해 튜토리얼이 빈칸으로 남겨
# 둔 어텐션 두 종류까지 간 다음, 다른 연구에서 이를 어떻게 발전시켰는지 살펴봅니다. 모든 부품을 직접 만듭니다. 데이터는
# 옷을 찍은 작은 흑백 이미지인 Fashion-MNIST입니다.
#
# <!-- lessons -->
#
# 파이썬을 조금 알고, 합성곱(convolution)이라는 말을 들어 보았으면 충분합니다. 그래픽 카드는 필요 없습니다.
# 여기서 학습하는 신경망은 작고, 오래 걸리는 학습의 결과는 강의에 들어 있습니다.

# %% [markdown] lang="en"
# ## How a notebook works
#
# A notebook is a list of **cells**: text like this one, and code like the one below.
#
# - Click a cell and press **Shift+Enter**. It runs, and its result appears below it.
# - Behind the notebook runs a **kernel**, a Python that remembers every name. The order in which you *run* cells
#   counts, not the order on the page. Go from top to bottom.
# - If it hangs or seems confused, choose **Kernel → Restart Kernel…** and run the cells again from the top. Your
#   code stays; only what the kernel remembers is gone.
#
# Every lesson begins with a cell like the next one. Run it; it takes a few seconds.

# %% [markdown] lang="ko"
# ## 노트북 사용법
#
# 노트북은 **셀**(cell)이 죽 이어진 문서입니다. 이런 텍스트 셀도 있고, 바로 아래와 같은 코드 셀도 있습니다.
#
# - 셀을 클릭하고 **Shift+Enter**를 누르면 셀이 실행되고 결과가 아래에 나타납니다.
# - 노트북 뒤에서는 **커널**(kernel)이 실행되고 있습니다. 커널은 정의한 이름을 모두 기억하는 파이썬입니다. 그래서 화면에
#   놓인 순서가 아니라 **실행한 순서**가 중요합니다. 위에서 아래로 차례대로 실행하세요.
# - 멈추거나 결과가 이상하면 메뉴에서 **Kernel → Restart Kernel…** 을 고르고 맨 위부터 다시 실행합니다. 코드는 그대로
#   있고, 커널이 기억하던 것만 사라집니다.
#
# 레슨마다 다음과 같은 셀로 시작합니다. 실행해 보세요. 몇 초 걸립니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("0-start-here")

import numpy as np

# %% [markdown] lang="en"
# ## Fill in, check, read
#
# The next cell is an exercise: your code replaces the line `your_turn("double")`. But first give a **wrong answer on
# purpose**. Wrong answers are welcome in this course. You may check as often as you like, and your best result counts.
#
# 1. Replace the line `your_turn("double")` by `return x + 2`. Keep the four spaces before it.
# 2. Run that cell, then the one below it, `check(double)`.
# 3. Read what the check says. *Predict: which part of this answer is right already?*

# %% [markdown] lang="ko"
# ## 채우고, 확인하고, 읽기
#
# 다음 셀은 연습 문제입니다. `your_turn("double")` 줄을 지운 자리에 코드를 작성합니다. 그런데 먼저 **일부러 틀린 답**을 넣어
# 봅시다. 이 강의에서는 틀린 답도 환영합니다. 확인은 몇 번이든 할 수 있고, 가장 좋은 결과가 남습니다.
#
# 1. `your_turn("double")` 줄을 `return x + 2`로 바꿉니다. 앞의 공백 네 개는 그대로 둡니다.
# 2. 그 셀을 실행하고, 이어서 아래 셀 `check(double)`을 실행합니다.
# 3. 무엇이라고 나오는지 읽습니다. **예상해 보세요. 이 답에서 이미 맞은 부분은 무엇일까요?**

# %% solution="double"
def double(x):
    """Return twice every value.

    Args:
        x: array of any shape, float32. It must stay as it is.

    Returns:
        A new array of the same shape and type.

    ko: 모든 값을 두 배로 만듭니다.

    인수:
        x: 형태에 상관없는 float32 배열. x 자체는 바뀌지 않아야 합니다.

    반환값:
        형태와 자료형이 같은 새 배열.
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double" points=2
check(double)

# %% [markdown] lang="en"
# With `x + 2` the check says three things:
#
# | line | what it tells |
# |---|---|
# | ✗ double … | your points, and which parts are right: the **shape** of the result, its values (**outputs**) |
# | double(x[2, 3]): … | where the first difference was seen: what was expected, and what your code gave |
# | Likely mistake: … | the name of the mistake, if it is one that the course knows; else **Next:** … says what to do now |
#
# The shape earned its point: what is right counts, even if not all is. Later exercises also give points for the right
# number of **parameters**, the weights of a network. A check calls your function several times. What is right in most of
# the calls keeps its share of the points when another call fails.
#
# Numbers are one way to see a mistake, a picture is another. With `show=True` the check also draws what was expected, what
# your code gave, and the difference. Run the next cell while your answer is still wrong, and once more when it is right.
#
# Now mend your answer and check again. Stuck? `hint` gives the first of three hints, and one more each time you run it.
# The third is nearly the code. Hints cost no points.
#
# `check`, `hint` and `progress` take your function, the name of an exercise in quotes, or a lesson: `hint(double)`,
# `check("double")`, `progress("6-cbam")`. With nothing between the brackets, `hint()` and `check()` mean the exercise
# whose cell you ran, checked or asked about last, and `progress()` means all lessons.
#
# A check looks at what the notebook remembers. If you change an answer and its cell stops with an error, that is still
# the earlier answer; the check says so and gives no points for it. Mend the cell, run it, and check again.

# %% [markdown] lang="ko"
# `x + 2`를 넣으면 세 가지를 알려 줍니다.
#
# | 줄 | 알려 주는 것 |
# |---|---|
# | ✗ double … | 점수와 맞은 부분: 결과의 **형태**(shape), 결과의 값(**출력값**) |
# | double(x[2, 3]): … | 처음으로 다른 것이 보인 곳: 기대한 값과 받은 값 |
# | 이런 실수로 보입니다: … | 강의가 알고 있는 실수라면 그 설명. 아니라면 **다음 단계:** …에서 이제 할 일을 알려 줍니다. |
#
# 형태가 맞아서 1점을 얻었습니다. 다 맞지 않아도 맞은 만큼 점수를 받습니다. 뒤의 연습 문제에서는 **파라미터 수**, 곧 신경망이 가진
# 가중치의 수가 맞으면 그것으로도 점수를 얻습니다. 확인할 때는 함수를 여러 번 호출합니다. 한 호출이 실패해도, 대부분의 호출에서 맞은
# 부분은 그 비율만큼 점수를 받습니다.
#
# 실수는 숫자로도 보이지만 그림으로도 보입니다. `show=True`를 붙이면 기대한 값, 받은 값, 그 차이를 그려 줍니다. 답이 아직 틀린
# 채로 다음 셀을 실행하고, 고친 뒤에 한 번 더 실행해 보세요.
#
# 이제 답을 고치고 다시 확인해 보세요. 막히면 `hint`를 실행합니다. 힌트는 세 개이고, 실행할 때마다 하나씩 나옵니다. 세
# 번째 힌트는 거의 코드에 가깝습니다. 힌트를 보아도 점수는 깎이지 않습니다.
#
# `check`, `hint`, `progress`에는 작성한 함수, 따옴표로 묶은 연습 문제 이름, 레슨 이름을 넣을 수 있습니다. 예를 들어
# `hint(double)`, `check("double")`, `progress("6-cbam")`이라고 쓰면 됩니다. 괄호를 비워 두면 `hint()`와 `check()`는 가장
# 최근에 실행하거나 확인하거나 힌트를 본 연습 문제를 뜻하고, `progress()`는 모든 레슨을 뜻합니다.
#
# 확인할 때는 노트북이 기억하는 것을 봅니다. 답을 고친 뒤 그 셀이 오류로 멈추면 노트북에는 아직 이전 답이 남아 있습니다.
# 그럴 때는 그렇다고 알려 주고 점수를 주지 않습니다. 셀을 고쳐서 실행한 뒤 다시 확인하세요.

# %% experiment
check(double, show=True)

# %% experiment
hint("double")

# %% [markdown] lang="en"
# ## Points, and handing in
#
# `progress()` shows your points in all lessons. They are for you. What you hand in is **the notebook file itself**:
#
# - **On your own:** you hand in nothing.
# - **In a class, on a JupyterHub with nbgrader:** save, open **Nbgrader → Assignment List** in the menu, and press
#   **Submit** beside this lesson.
# - **In a class without it:** save, and send the file (its name ends in `.ipynb`) as your instructor says.
#
# Keep the file's name. Do not delete, copy or split exercise and check cells. The grade is measured anew, with other
# numbers than `check` uses. An answer that works passes there too; one that only fits these numbers does not.

# %% [markdown] lang="ko"
# ## 점수와 제출
#
# `progress()`를 실행하면 모든 레슨에서 얻은 점수를 볼 수 있습니다. 이 점수는 스스로 보기 위한 것이고, 제출하는 것은
# **노트북 파일 자체**입니다.
#
# - **혼자 공부한다면** 제출할 것이 없습니다.
# - **수업에서 nbgrader가 있는 JupyterHub를 쓴다면** 저장한 뒤 메뉴에서 **Nbgrader → Assignment List**를 열고, 이 레슨 옆의
#   **Submit**을 누릅니다.
# - **그런 서버가 없는 수업이라면** 저장한 뒤 노트북 파일(이름이 `.ipynb`로 끝납니다)을 강사가 안내한 방법으로 보냅니다.
#
# 파일 이름은 바꾸지 마세요. 연습 문제 셀과 확인 셀은 지우거나 복사하거나 나누지 않습니다. 채점은 `check`와 다른 숫자로 새로
# 합니다. 제대로 작동하는 답은 거기서도 통과하고, 여기 나온 숫자에만 맞춘 답은 통과하지 못합니다.

# %% experiment
progress()

# %% [markdown] lang="en"
# ## Two languages
#
# The course is in English (`course/en`) and in Korean (`course/ko`), with the same code cells. Your progress counts in
# both. Change whenever you like; only your code stays in the notebook in which you wrote it.
#
# ## Multiplying a picture
#
# Inside a network a picture becomes a **feature map**: many small pictures, one on top of the other. Each is
# called a **channel** and shows where the network found one kind of thing.
#
# The figure shows three channels made by hand: a spot, stripes, a slope. Upper row: as they are. Middle row: after
# *your* `double`. Lower row: each times its own factor, 0.1, 1 and 0.5. Black is 0 and white is 2 everywhere.
# *Predict: does any pattern change its form? Which channel will stand out in the lower row?*

# %% [markdown] lang="ko"
# ## 두 가지 언어
#
# 이 강의에는 영어판(`course/en`)과 한국어판(`course/ko`)이 있습니다. 코드 셀은 똑같고, 학습 진행 상황도 함께 씁니다. 언제든
# 바꾸어도 됩니다. 다만 작성한 코드는 그 노트북에만 남습니다.
#
# ## 그림에 곱하기
#
# 신경망 안에서 그림은 작은 그림이 여러 장 겹쳐 있는 **특징 맵**(feature map)이 됩니다. 그 한 장을
# **채널**(channel)이라고 하며, 채널마다 한 종류의 특징이 어디에 있는지 나타냅니다.
#
# 다음 그림에는 손으로 만든 채널 세 개가 있습니다. 각각 점, 줄무늬, 경사입니다. 윗줄은 원래 모습, 가운뎃줄은 **여러분이
# 작성한** `double`을 거친 모습, 아랫줄은 채널마다 다른 수 0.1, 1, 0.5를 곱한 모습입니다. 모든 줄에서 검은색은 0, 흰색은
# 2입니다. **예상해 보세요. 모양이 달라지는 무늬가 있을까요? 아랫줄에서는 어떤 채널이 두드러질까요?**

# %% experiment
from coursekit.plots import image_grid

down, across = np.mgrid[-1:1:28j, -1:1:28j]
spot, stripes, slope = np.exp(-4 * (down**2 + across**2)), (1 + np.sin(9 * across)) / 2, (1 + down) / 2
x = np.stack([spot, stripes, slope]).astype("float32")  # three channels, each (28, 28)
# ko: # 채널 세 개, 각각 (28, 28)
factors = np.array([0.1, 1, 0.5])[:, np.newaxis, np.newaxis]  # one for each channel
# ko: # 채널마다 하나
image_grid(
    {"x": x, "double(x)": double(x), "x * factors": x * factors},
    # ko: {"x": x, "double(x)": double(x), "x × 곱하는 수": x * factors},
    title="Multiplying keeps every pattern and decides how loud it is",
    # ko: title="곱해도 무늬는 그대로이고 세기만 달라집니다",
    value_range=(0, 2),
)

# %% [markdown] lang="en"
# No pattern changed its form. The middle row is twice as bright. In the lower row the spot is almost gone and the
# stripes stand out.
#
# So this is the answer: multiplying **turns something up or down without redrawing it**. `double` treats all channels
# alike. Attention multiplies too, but the network works out the factors itself, between 0 and 1 and anew for each
# image: one for each channel (lesson 3) or one for each position (lesson 4).
#
# ## Quiz
#
# <details><summary>1. You restarted the kernel and <code>check(double)</code> says that the name <code>check</code> is
# not defined. Why?</summary>
#
# The kernel forgot all names. Run the cells again from the top.
# </details>
#
# <details><summary>2. With <code>x *= 2</code> the values are right, but the check objects. What is wrong?</summary>
#
# It writes into the array that the function was given, so the caller's own array changes. `x * 2` makes a new one.
# </details>
#
# <details><summary>3. One channel is multiplied by 0. Can a later multiplication bring its pattern back?</summary>
#
# No: 0 times anything is 0. A factor just above 0 keeps the pattern, only faint.
# </details>
#
# **To read**, if shapes and axes are new to you:
# [NumPy: the absolute basics for beginners](https://numpy.org/doc/stable/user/absolute_beginners.html).
#
# **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel). Then open `1-autoencoder`.

# %% [markdown] lang="ko"
# 모양이 달라진 무늬는 하나도 없습니다. 가운뎃줄은 두 배로 밝고, 아랫줄에서는 점이 거의 사라지고 줄무늬가 두드러집니다.
#
# 이것이 처음 질문의 답입니다. 곱하기는 **모양은 그대로 두고 세기만 키우거나 줄이는 일**입니다. `double`은 모든 채널을
# 똑같이 다룹니다. 어텐션도 곱하기이지만, 곱할 수를 신경망이 이미지마다 새로, 0과 1 사이에서 스스로 구합니다. 채널마다
# 하나씩 구하기도 하고(레슨 3), 위치마다 하나씩 구하기도 합니다(레슨 4).
#
# ## 퀴즈
#
# <details><summary>1. 커널을 다시 시작했더니 <code>check(double)</code>에서 <code>check</code>라는 이름이 정의되지 않았다고
# 나옵니다. 왜 그럴까요?</summary>
#
# 커널이 모든 이름을 잊었기 때문입니다. 맨 위부터 다시 실행하세요.
# </details>
#
# <details><summary>2. <code>x *= 2</code>라고 썼더니 값은 맞는데 통과하지 못합니다. 무엇이 문제일까요?</summary>
#
# 함수가 받은 배열에 바로 쓰기 때문에, 함수를 호출한 쪽의 배열까지 바뀝니다. `x * 2`는 새 배열을 만듭니다.
# </details>
#
# <details><summary>3. 어떤 채널에 0을 곱했습니다. 나중에 다른 수를 곱해서 그 무늬를 되살릴 수 있을까요?</summary>
#
# 되살릴 수 없습니다. 0에는 무엇을 곱해도 0입니다. 0보다 조금이라도 큰 수를 곱했다면 무늬는 희미하게 남습니다.
# </details>
#
# **더 읽을거리.** 형태와 축이 낯설다면
# [NumPy: the absolute basics for beginners](https://numpy.org/doc/stable/user/absolute_beginners.html)(영어)를 보세요.
#
# **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel). 그런 다음 `1-autoencoder`를 엽니다.
