# %% [markdown] lang="en"
# # Deep enough, and still learning
#
# A convolutional network sees further, and can say more, with every layer it gets. So the recipe for a better network
# should be simple: add layers. In 2015 He, Zhang, Ren and Sun tried it on ImageNet. These are their
# top-1 errors, how often the most likely class was wrong, on images the networks had not seen:
#
# | top-1 error | 18 layers | 34 layers |
# |---|---|---|
# | plain stack of convolutions | 27.94 % | **28.54 %** |
# | the same layers with shortcuts | 27.88 % | **25.03 %** |
#
# The deeper plain network is *worse*. With shortcuts, which cost almost nothing, the deeper one is better.
#
# **Why does a deeper network train worse, and what does a shortcut change?** The last figure of this lesson answers with
# networks of 8, 20 and 44 layers on Fashion-MNIST, built from the block that you are about to write.
#
# Two exercises, 12 points, about <!-- minutes --> minutes.

# %% [markdown] lang="ko"
# # 깊어도 학습되는 신경망
#
# 합성곱 신경망은 층이 늘어날수록 더 넓은 곳을 보고 더 복잡한 것을 표현할 수 있습니다. 그렇다면 층을 더 쌓기만 하면 더
# 좋은 신경망을 만들 수 있을 것 같습니다. 2015년에 He, Zhang, Ren, Sun이 ImageNet으로 실제로 해 보았습니다. 다음은
# 학습에 쓰지 않은 이미지의 top-1 오류율, 곧 가장 확률이 높다고 한 클래스가 틀린 비율입니다.
#
# | top-1 오류율 | 18층 | 34층 |
# |---|---|---|
# | 합성곱만 쌓은 일반 신경망(plain network) | 27.94% | **28.54%** |
# | 같은 층에 지름길(shortcut)을 더한 신경망 | 27.88% | **25.03%** |
#
# 일반 신경망은 깊어지자 오히려 **나빠졌습니다**. 반면 비용이 거의 들지 않는 지름길을 더하자 깊은 쪽이 더 좋아졌습니다.
# 지름길은 스킵 연결(skip connection)이라고도 합니다.
#
# **신경망이 깊어지면 왜 학습이 더 안 될까요? 그리고 지름길은 무엇을 바꿀까요?** 이제부터 작성할 블록으로 8층, 20층,
# 44층 신경망을 만들어 Fashion-MNIST로 학습하고, 그 결과를 보여 주는 이 레슨의 마지막 그림에서 답을 찾습니다.
#
# 연습 문제 2개, 12점, 약 <!-- minutes -->분 분량입니다.

# %% [markdown] lang="en"
# **After this lesson** you can write a residual block and a ResNet, and tell from gradients why depth alone does not
# help. **You need** lesson 1.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 잔차 블록과 ResNet을 작성하고, 깊기만 해서는 왜 나아지지 않는지 설명할 수 있습니다.
# **먼저** 레슨 1을 마쳐야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("2-resnet")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

# %% [markdown] lang="en"
# ## A deeper network contains the shallower one
#
# Take a trained network of 18 layers and put 16 more on top that do nothing: each passes on what it gets. The network
# now has 34 layers and makes exactly the same errors. So a 34-layer network that is at least as good as the 18-layer one
# *exists*. Training did not find it.
#
# *Predict: is this overfitting, the deeper network learning its training images by heart? Which number would tell you?*
#
# <details><summary>Answer</summary>
#
# The error on the **training** images would tell. A network that overfits has a small one. He et al. found the opposite:
# the deeper plain network also has the larger training error, during the whole training. They called this
# **degradation**. It is a problem of optimisation: the better weights are there, and gradient descent does not reach them.
#
# </details>
#
# "Do nothing" sounds easy, but it is not easy for a convolution with batch normalisation and ReLU. All its weights start
# at random, and of all the values they could take, a few exact ones make an identity. A layer that has to do nothing must
# learn to do nothing.

# %% [markdown] lang="ko"
# ## 깊은 신경망에 들어 있는 얕은 신경망
#
# 학습이 끝난 18층 신경망 위에 아무 일도 하지 않는 층, 곧 들어온 것을 그대로 내보내는 층 16개를 얹는다고 합시다. 이제
# 34층이지만 오류는 18층일 때와 똑같습니다. 그러니 18층보다 나쁘지 않은 34층 신경망은 분명히 **존재합니다**. 다만 학습이
# 그것을 찾지 못했을 뿐입니다.
#
# **예상해 보세요. 깊은 신경망이 훈련 이미지를 통째로 외워 버린 과적합(overfitting)일까요? 어떤 숫자를 보면 알 수
# 있을까요?**
#
# <details><summary>답</summary>
#
# **훈련** 이미지의 오류율을 보면 됩니다. 과적합이라면 이 값은 작아야 합니다. 그런데 He 등의 결과는 반대였습니다. 일반
# 신경망은 깊은 쪽이 학습 내내 훈련 오류율도 더 높았습니다. He 등은 이것을 **성능 저하**(degradation)라고 불렀습니다.
# 이것은 최적화(optimization)의 문제입니다. 더 좋은 가중치가 있는데도 경사 하강법(gradient descent)이 거기에 이르지
# 못하는 것입니다.
#
# </details>
#
# "아무 일도 하지 않기"는 쉬울 것 같지만, 배치 정규화(batch normalization)와 ReLU가 붙은 합성곱에는 쉽지 않습니다.
# 가중치는 무작위로 시작하고, 수많은 값 가운데 아주 특별한 값일 때만 항등 함수(identity)가 됩니다. 아무 일도 하지 않는
# 층이 되려면 그 방법을 학습해야 합니다.

# %% [markdown] lang="en"
# ## Learn the difference, not the whole
#
# The idea of the residual network: let the layers learn only what should be *different* from their input, and add the
# input back. Two 3×3 convolutions form the **branch** $F$. Beside them runs the **shortcut**.
#
# ```text
# x ──┬── conv 3×3 ── BN ── ReLU ── conv 3×3 ── BN ──(+)── ReLU ── y
#     │                                               │
#     └───────────────── shortcut: x ─────────────────┘
# ```
#
# $$ y = \mathrm{ReLU}\big(F(x) + x\big) $$
#
# | step | shape |
# |---|---|
# | $x$ | (batch, H, W, C) |
# | $F(x)$, the branch | (batch, H, W, C) |
# | $F(x) + x$, number by number | (batch, H, W, C) |
# | $y$ | (batch, H, W, C) |
#
# To do nothing is easy now: the branch has to become 0. That is why $F$ is called the **residual**: it is what remains to
# be learned once $x$ is there for free.
#
# The convolutions have no bias. In lesson 1 they had one, as in the tutorial, and it was of no use: batch normalisation
# subtracts each channel's mean, and a constant that was added before goes with it. Batch normalisation has a shift of its
# own.

# %% [markdown] lang="ko"
# ## 전체가 아니라 차이를 학습하기
#
# 잔차 신경망(residual network)의 핵심 아이디어는 이렇습니다. 층은 입력과 **달라져야 하는 만큼**만 학습하고, 입력은
# 나중에 다시 더합니다. 3×3 합성곱 두 개가 **브랜치**(branch) $F$가 되고, 그 옆으로 **지름길**이 지나갑니다.
#
# ```text
# x ──┬── conv 3×3 ── BN ── ReLU ── conv 3×3 ── BN ──(+)── ReLU ── y
#     │                                               │
#     └────────────────── 지름길: x ──────────────────┘
# ```
#
# $$ y = \mathrm{ReLU}\big(F(x) + x\big) $$
#
# | 단계 | 형태 |
# |---|---|
# | $x$ | (batch, H, W, C) |
# | $F(x)$, 브랜치 | (batch, H, W, C) |
# | $F(x) + x$, 원소별(element-wise) 덧셈 | (batch, H, W, C) |
# | $y$ | (batch, H, W, C) |
#
# 이제 아무 일도 하지 않기가 쉬워졌습니다. 브랜치의 출력이 0이 되기만 하면 됩니다. $F$를 **잔차**(residual)라고 부르는
# 이유도 여기에 있습니다. $x$는 그냥 주어지므로, 학습할 것은 나머지뿐입니다.
#
# 합성곱에는 편향(bias)을 두지 않습니다. 레슨 1에서는 튜토리얼을 따라 편향을 두었지만 쓸모가 없었습니다. 배치 정규화가
# 채널마다 평균을 빼므로, 그 전에 더한 상수도 함께 사라집니다. 그리고 배치 정규화에는 시프트(shift, β)가 따로 있습니다.

# %% [markdown] lang="en"
# ## When the shapes do not fit
#
# Twice on its way the network halves height and width and widens the channels. There $x$ and $F(x)$ have different shapes
# and cannot be added. The shortcut then gets a **projection**, the cheapest layer that repairs both: a 1×1 convolution
# with the same stride, and batch normalisation.
#
# $$ y = \mathrm{ReLU}\big(F(x) + \mathrm{BN}(W_s * x)\big) $$
#
# | step | shape | weights |
# |---|---|---|
# | $x$ | (batch, 28, 28, 16) | |
# | first convolution of $F$, stride 2, 32 filters | (batch, 14, 14, 32) | 3 × 3 × 16 × 32 |
# | second convolution of $F$ | (batch, 14, 14, 32) | 3 × 3 × 32 × 32 |
# | $W_s$: 1×1, stride 2, 32 filters | (batch, 14, 14, 32) | 16 × 32 |
#
# A projection is not the identity any more, so it stands only where it must: if the stride is not 1, **or** the number of
# channels changes. Now write the block. `hint("residual_block")` opens a first hint if you get stuck.

# %% [markdown] lang="ko"
# ## 형태가 맞지 않을 때
#
# 신경망은 도중에 두 번, 높이와 너비를 절반으로 줄이고 채널 수를 늘립니다. 그곳에서는 $x$와 $F(x)$의 형태가 달라서 더할
# 수 없습니다. 이때 지름길에 **투영**(projection)을 둡니다. 두 가지를 한꺼번에 맞추는 층 가운데 비용이 가장 적은 것으로,
# 스트라이드(stride)가 같은 1×1 합성곱과 배치 정규화로 이루어집니다.
#
# $$ y = \mathrm{ReLU}\big(F(x) + \mathrm{BN}(W_s * x)\big) $$
#
# | 단계 | 형태 | 가중치 |
# |---|---|---|
# | $x$ | (batch, 28, 28, 16) | |
# | $F$의 첫 번째 합성곱, 스트라이드 2, 필터 32개 | (batch, 14, 14, 32) | 3 × 3 × 16 × 32 |
# | $F$의 두 번째 합성곱 | (batch, 14, 14, 32) | 3 × 3 × 32 × 32 |
# | $W_s$: 1×1, 스트라이드 2, 필터 32개 | (batch, 14, 14, 32) | 16 × 32 |
#
# 투영을 거치면 더 이상 항등 함수가 아닙니다. 그래서 꼭 필요한 곳, 즉 스트라이드가 1이 아니**거나** 채널 수가 바뀌는
# 곳에만 둡니다. 이제 블록을 작성해 보세요. 막히면 `hint("residual_block")`을 실행하세요. 첫 번째 힌트가 나옵니다.

# %% solution="residual_block"
def residual_block(x, filters, stride, name):
    """Two convolutions, and a shortcut around them: ReLU(shortcut + branch).

    Steps:
        1. Branch: Conv2D 3×3 with `stride`, same padding, no bias; BatchNormalization; ReLU.
        2. Branch: Conv2D 3×3 with stride 1, same padding, no bias; BatchNormalization. No ReLU yet.
        3. Shortcut: x itself if stride is 1 and x has `filters` channels already;
           else Conv2D 1×1 with `stride`, no bias, and BatchNormalization.
        4. Add shortcut and branch, then ReLU.

    Args:
        x: feature map, (batch, height, width, channels).
        filters: number of output channels.
        stride: 1 keeps height and width, 2 halves them (rounded up).
        name: prefix of the layers' names.

    Returns:
        Feature map, (batch, height / stride, width / stride, filters).

    ko: 합성곱 두 개와 그 둘레의 지름길: ReLU(지름길 + 브랜치).

    단계:
        1. 브랜치: Conv2D 3×3, 스트라이드 `stride`, same 패딩, 편향 없음. BatchNormalization. ReLU.
        2. 브랜치: Conv2D 3×3, 스트라이드 1, same 패딩, 편향 없음. BatchNormalization. 여기서는 아직 ReLU를 쓰지 않습니다.
        3. 지름길: stride가 1이고 x의 채널 수가 이미 `filters`이면 x 그대로.
           아니면 Conv2D 1×1, 스트라이드 `stride`, 편향 없음. 그다음 BatchNormalization.
        4. 지름길과 브랜치를 더한 뒤 ReLU.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        filters: 출력 채널 수.
        stride: 1이면 높이와 너비가 그대로이고, 2이면 반이 됩니다(올림).
        name: 층 이름의 앞부분.

    반환값:
        특징 맵, (batch, height / stride, width / stride, filters).
    """
    ### BEGIN SOLUTION
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.BatchNormalization(name=f"{name}_bn1")(branch)
    branch = layers.ReLU(name=f"{name}_relu1")(branch)
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    branch = layers.BatchNormalization(name=f"{name}_bn2")(branch)
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{name}_shortcut_conv")(x)
        shortcut = layers.BatchNormalization(name=f"{name}_shortcut_bn")(shortcut)
    total = layers.Add(name=f"{name}_add")([shortcut, branch])
    return layers.ReLU(name=f"{name}_relu2")(total)
    ### END SOLUTION

# %% check="residual_block" points=6
check(residual_block)

# %% [markdown] lang="en"
# ## A silent branch
#
# The next cell is given: the opponent in this lesson's experiments. `plain_block` has the same two convolutions and no
# shortcut. The cell after it sets *every* weight of a block to 0 and sends six images through it. The images are shifted
# to the range −0.5 to 0.5, so that there are negative values for the ReLU to cut off.
#
# *Predict: what comes out of your block, and what out of the plain one?*

# %% [markdown] lang="ko"
# ## 브랜치의 출력이 0이면
#
# 다음 셀은 주어진 코드입니다. 이 레슨의 실험에서 비교 대상으로 쓸 `plain_block`으로, 합성곱 두 개는 같고 지름길만
# 없습니다. 그다음 셀은 블록의 가중치를 **모두** 0으로 만들고 이미지 여섯 장을 통과시킵니다. ReLU가 잘라 낼 음수가
# 있도록 픽셀값을 −0.5에서 0.5 사이로 옮겨 두었습니다.
#
# **예상해 보세요. 여러분의 블록에서는 무엇이 나오고, 일반 블록에서는 무엇이 나올까요?**

# %%
def plain_block(x, filters, stride, name):
    """The same two convolutions as `residual_block`, without the shortcut.

    ko: `residual_block`과 합성곱 두 개는 같고, 지름길만 없습니다.
    """
    for number, step in enumerate((stride, 1), start=1):
        x = layers.Conv2D(filters, 3, strides=step, padding="same", use_bias=False, name=f"{name}_conv{number}")(x)
        x = layers.BatchNormalization(name=f"{name}_bn{number}")(x)
        x = layers.ReLU(name=f"{name}_relu{number}")(x)
    return x

# %% experiment
from coursekit.data import load_fashion_mnist
from coursekit.plots import image_grid

data = load_fashion_mnist()


def silent(block, maps):
    """What a block gives for `maps`, (batch, height, width, channels), when all its weights are 0.

    ko: 가중치가 모두 0일 때 블록이 `maps`, (batch, height, width, channels)에서 내는 값
    """
    inputs = keras.Input(maps.shape[1:])
    model = keras.Model(inputs, block(inputs, maps.shape[-1], 1, "silent"))
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape))
    return np.array(model(maps))


images = data[1][0][:6, ..., np.newaxis].astype("float32") / 255 - 0.5
residual, plain = silent(residual_block, images), silent(plain_block, images)
print("largest difference between your silent block and ReLU(x):", np.abs(residual - np.maximum(images, 0)).max())
# ko: print("가중치가 모두 0인 여러분의 블록과 ReLU(x)의 가장 큰 차이:", np.abs(residual - np.maximum(images, 0)).max())
rows = {"x": images, "ReLU(x)": np.maximum(images, 0), "residual": residual, "plain": plain}
# ko: rows = {"x": images, "ReLU(x)": np.maximum(images, 0), "잔차": residual, "일반": plain}
image_grid(rows, "With all weights 0 the residual block still shows the image, the plain one nothing", (-0.5, 0.5))
# ko: image_grid(rows, "가중치가 모두 0이어도 잔차 블록은 이미지를 보여 주고, 일반 블록은 아무것도 보여 주지 않습니다", (-0.5, 0.5))

# %% [markdown] lang="en"
# The rows "ReLU(x)" and "residual" are the same picture: a silent residual block hands on what it got, apart from the
# values below 0. The last row is an even grey, which is the value 0 everywhere. Behind a silent plain block, the image is
# gone.
#
# So a residual block learns what to *add* to its input; with nothing to add, it is the identity. A plain block has to
# find the identity first, from random weights.
#
# ## Count by hand
#
# | weights of a block from 16 to 16 channels, stride 1 | how many |
# |---|---|
# | two 3×3 convolutions: 2 × (3 × 3 × 16 × 16) | 4,608 |
# | two batch normalisations, scale and shift: 2 × (2 × 16) | 64 |
# | **trained** | **4,672** |
# | two batch normalisations, moving mean and variance: 2 × (2 × 16) | 64 |
#
# The **moving mean and variance** are kept for testing. They follow the data and get no gradient, so they do not count as
# trained.
#
# *Predict before you run: how many weights are trained in the block that goes from 16 to 32 channels with stride 2?*

# %% [markdown] lang="ko"
# "ReLU(x)" 줄과 "잔차" 줄은 같은 그림입니다. 가중치가 모두 0인 잔차 블록은 0보다 작은 값만 빼고 받은 것을 그대로
# 내보냅니다. 마지막 줄은 균일한 회색인데, 모든 값이 0이라는 뜻입니다. 가중치가 모두 0인 일반 블록을 지나면 이미지가
# 사라집니다.
#
# 그래서 잔차 블록은 입력에 무엇을 **더할지**만 학습하면 됩니다. 더할 것이 없으면 그대로 항등 함수입니다. 반면 일반
# 블록은 무작위 가중치에서 출발해 항등 함수부터 찾아야 합니다.
#
# ## 손으로 세어 보기
#
# | 채널 16개에서 16개로 가는 블록, 스트라이드 1 | 개수 |
# |---|---|
# | 3×3 합성곱 두 개: 2 × (3 × 3 × 16 × 16) | 4,608 |
# | 배치 정규화 두 개의 스케일(scale, γ)과 시프트(β): 2 × (2 × 16) | 64 |
# | **학습 가능한 파라미터**(trainable parameters) | **4,672** |
# | 배치 정규화 두 개의 이동 평균(moving mean)과 이동 분산(moving variance): 2 × (2 × 16) | 64 |
#
# **이동 평균과 이동 분산**은 테스트할 때 쓰려고 모아 두는 값입니다. 데이터를 따라 바뀔 뿐
# 기울기(gradient)를 받지 않으므로 학습 가능한 파라미터로 세지 않습니다.
#
# **실행하기 전에 예상해 보세요. 채널 16개에서 32개로 가고 스트라이드가 2인 블록에는 학습 가능한 파라미터가 몇
# 개일까요?**

# %% experiment
def count(model):
    """(trained weights, moving means and variances) of a model.

    ko: 모델의 (학습 가능한 가중치 수, 이동 평균과 이동 분산의 수)
    """
    kinds = model.trainable_weights, model.non_trainable_weights
    return tuple(sum(int(np.prod(weight.shape)) for weight in weights) for weights in kinds)


for channels, filters, stride in ((16, 16, 1), (16, 32, 2), (32, 64, 2)):
    inputs = keras.Input((28, 28, channels))
    outputs = residual_block(inputs, filters, stride, "block")
    trained, moving = count(keras.Model(inputs, outputs))
    print(f"{channels} to {filters}, stride {stride}: {outputs.shape}, {trained:,} trained, {moving} moving")
    # ko: print(f"채널 {channels}에서 {filters}, 스트라이드 {stride}: {outputs.shape}, 학습 파라미터 {trained:,}개, 이동 평균과 분산 {moving}개")

# %% [markdown] lang="en"
# <details><summary>The sum for 16 to 32 channels</summary>
#
# 3 × 3 × 16 × 32 + 3 × 3 × 32 × 32 + 16 × 32 = 4,608 + 9,216 + 512 for the convolutions, and 3 × 2 × 32 = 192 for three
# batch normalisations: 14,528.
#
# </details>
#
# ## From block to network
#
# The network follows the one that He et al. used for small images. A **stem** turns the image into channels. Then come
# three **stages** of equal blocks; the first block of the second and third stage has stride 2. At the end each channel is
# averaged to one number, and a dense layer with softmax turns these into ten probabilities.
#
# | part | `blocks=(2, 2, 2)`, `filters=(16, 32, 64)` | output |
# |---|---|---|
# | image | | (28, 28, 1) |
# | stem | conv 3×3, BN, ReLU | (28, 28, 16) |
# | stage 1 | 2 blocks, stride 1, 1 | (28, 28, 16) |
# | stage 2 | 2 blocks, stride 2, 1 | (14, 14, 32) |
# | stage 3 | 2 blocks, stride 2, 1 | (7, 7, 64) |
# | pooling | mean over 7 × 7 positions | (64,) |
# | classifier | dense, softmax | (10,) |
#
# When the map shrinks to a quarter of its positions, the channels double. With $n$ blocks a stage there are $6n + 2$ layers
# with weights on the longest path: the stem, $3 \cdot n \cdot 2$ convolutions, the classifier. Projections run beside this
# path and are not counted.
#
# The argument `block` lets the same function build plain networks: call `block(...)` inside, not `residual_block(...)`.

# %% [markdown] lang="ko"
# <details><summary>16개에서 32개로 갈 때의 계산</summary>
#
# 합성곱이 3 × 3 × 16 × 32 + 3 × 3 × 32 × 32 + 16 × 32 = 4,608 + 9,216 + 512, 배치 정규화 세 개가 3 × 2 × 32 = 192입니다. 모두
# 더하면 14,528입니다.
#
# </details>
#
# ## 블록에서 신경망으로
#
# 이 신경망은 He 등이 작은 이미지에 쓴 구조를 따릅니다. **스템**(stem)이 이미지를 채널로 바꾸고, 이어서 같은 블록을 쌓은
# **스테이지**(stage) 세 개가 옵니다. 두 번째와 세 번째 스테이지의 첫 블록은 스트라이드가 2입니다. 끝에서는 채널마다
# 평균을 내어 숫자 하나로 만들고, 소프트맥스(softmax)를 쓰는 Dense 층이 확률 열 개를 냅니다.
#
# | 부분 | `blocks=(2, 2, 2)`, `filters=(16, 32, 64)` | 출력 |
# |---|---|---|
# | 이미지 | | (28, 28, 1) |
# | 스템 | conv 3×3, BN, ReLU | (28, 28, 16) |
# | 스테이지 1 | 블록 2개, 스트라이드 1, 1 | (28, 28, 16) |
# | 스테이지 2 | 블록 2개, 스트라이드 2, 1 | (14, 14, 32) |
# | 스테이지 3 | 블록 2개, 스트라이드 2, 1 | (7, 7, 64) |
# | 풀링 | 7 × 7 위치의 평균 | (64,) |
# | 분류기 | Dense, 소프트맥스 | (10,) |
#
# 맵의 위치 수가 4분의 1로 줄 때 채널 수는 두 배가 됩니다. 스테이지마다 블록이 $n$개이면, 가장 긴 경로에서 가중치가 있는
# 층은 스템 하나, 합성곱 $3 \cdot n \cdot 2$개, 분류기 하나로 모두 $6n + 2$개입니다. 옆으로 지나가는 투영은 세지
# 않습니다.
#
# 인수 `block`이 있어서 같은 함수로 일반 신경망도 만들 수 있습니다. 함수 안에서 `residual_block(...)`이 아니라
# `block(...)`을 호출하세요.

# %% solution="resnet"
def resnet(input_shape, blocks, filters, classes, block=None):
    """A stem, stages of blocks, global average pooling, a classifier.

    Steps:
        1. Stem: Conv2D 3×3 with filters[0], same padding, no bias; BatchNormalization; ReLU.
        2. For each stage: blocks[stage] blocks of filters[stage] channels. The first block of every stage
           but the first has stride 2, all others stride 1.
        3. GlobalAveragePooling2D.
        4. Dense with `classes` units and softmax.

    Args:
        input_shape: (height, width, channels) of one image.
        blocks: number of blocks in each stage, for example (2, 2, 2).
        filters: channels of each stage, for example (16, 32, 64).
        classes: number of classes.
        block: function (x, filters, stride, name) that builds a block; `residual_block` if None.

    Returns:
        keras.Model from images to probabilities, (batch, classes).

    ko: 스템, 여러 스테이지의 블록, 전역 평균 풀링, 분류기.

    단계:
        1. 스템: Conv2D 3×3, 필터 filters[0]개, same 패딩, 편향 없음. BatchNormalization. ReLU.
        2. 스테이지마다 채널이 filters[stage]개인 블록 blocks[stage]개. 첫 스테이지를 뺀 모든 스테이지에서
           첫 블록의 스트라이드는 2, 나머지는 모두 1.
        3. GlobalAveragePooling2D.
        4. 유닛이 `classes`개인 Dense와 소프트맥스.

    인수:
        input_shape: 이미지 한 장의 (height, width, channels).
        blocks: 스테이지별 블록 수. 예: (2, 2, 2).
        filters: 스테이지별 채널 수. 예: (16, 32, 64).
        classes: 클래스 수.
        block: 블록을 만드는 함수 (x, filters, stride, name). None이면 `residual_block`.

    반환값:
        이미지에서 확률 (batch, classes)를 내는 keras.Model.
    """
    if block is None:
        block = residual_block
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False, name="stem_conv")(inputs)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.ReLU(name="stem_relu")(x)
    for stage, (count, width) in enumerate(zip(blocks, filters), start=1):
        for number in range(1, count + 1):
            stride = 2 if stage > 1 and number == 1 else 1
            x = block(x, width, stride, f"stage{stage}_block{number}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="resnet")
    ### END SOLUTION

# %% check="resnet" points=6
check(resnet)

# %% [markdown] lang="en"
# The next cell follows a map through your blocks and prints its shape after each one, then builds the whole network with
# your blocks and with plain ones. *Predict: by how many weights do the two differ?*

# %% [markdown] lang="ko"
# 다음 셀은 맵 하나를 블록에 차례로 통과시키며 형태를 출력하고, 잔차 블록과 일반 블록으로 각각 전체 신경망을 만듭니다.
# **예상해 보세요. 두 신경망의 파라미터 수는 얼마나 다를까요?**

# %% experiment
from autograder import predict

predict("plain_and_residual")

# %% experiment
x = keras.Input((28, 28, 16))
for width, stride in ((16, 1), (16, 1), (32, 2), (32, 1), (64, 2), (64, 1)):
    x = residual_block(x, width, stride, f"look_{width}_{stride}")
    print(f"block to {width} channels, stride {stride}: {x.shape[1:]}")
    # ko: print(f"채널을 {width}개로 만드는 블록, 스트라이드 {stride}: {x.shape[1:]}")

for block in (residual_block, plain_block):
    network = resnet((28, 28, 1), (2, 2, 2), (16, 32, 64), 10, block=block)
    print(f"{block.__name__}: {network.output_shape}, {count(network)[0]:,} trained weights")
    # ko: print(f"{block.__name__}: {network.output_shape}, 학습 파라미터 {count(network)[0]:,}개")

# %% [markdown] lang="en"
# The sizes are those of the table: 28, 14, 7. The two networks differ by 2,752 weights, all of them in the two
# projections: 16 × 32 + 32 × 64 in their convolutions, 2 × 32 + 2 × 64 in their batch normalisation. Everywhere else the
# shortcut is free.
#
# ## The bigger sibling: ResNet-50
#
# The ResNets for ImageNet are built like yours, only bigger. From 50 layers on their block is a **bottleneck**: a 1×1
# convolution narrows the map, the 3×3 works on the narrow map, another 1×1 widens it again.
#
# | compared | your block | bottleneck |
# |---|---|---|
# | convolutions | 3×3, 3×3 | 1×1, 3×3, 1×1 |
# | channels | C → C → C | C → C/4 → C/4 → C |
# | stride, if any | on the first 3×3 | on the 3×3 (in the paper: on the first 1×1) |
# | shortcut, addition, last ReLU | as you wrote it | the same |
# | weights of the convolutions | 9C² + 9C² = 18C² | C²/4 + 9C²/16 + C²/4 = 17C²/16 |
#
# *Predict: how many times as many weights has your block at the same width?* `coursekit.models` holds the ImageNet
# networks. Its `resnet` gets another name in the next cell, for `resnet` is yours.

# %% [markdown] lang="ko"
# 크기는 표에 적힌 대로 28, 14, 7입니다. 두 신경망은 파라미터 2,752개만큼 차이가 나는데, 모두 투영 두 개에 있습니다.
# 합성곱에 16 × 32 + 32 × 64개, 배치 정규화에 2 × 32 + 2 × 64개입니다. 나머지 지름길에는 파라미터가 들지 않습니다.
#
# ## 같은 계열의 큰 신경망, ResNet-50
#
# ImageNet용 ResNet도 여러분의 것과 같은 방식이고, 크기만 더 큽니다. 50층부터는 **병목 블록**(bottleneck)을 씁니다. 1×1 합성곱으로
# 채널을 줄이고, 좁아진 맵에서 3×3 합성곱을 하고, 다시 1×1 합성곱으로 채널을 늘립니다.
#
# | 비교할 것 | 여러분의 블록 | 병목 블록 |
# |---|---|---|
# | 합성곱 | 3×3, 3×3 | 1×1, 3×3, 1×1 |
# | 채널 | C → C → C | C → C/4 → C/4 → C |
# | 스트라이드가 2일 때 | 첫 번째 3×3 | 3×3 (논문에서는 첫 번째 1×1) |
# | 지름길, 덧셈, 마지막 ReLU | 작성한 그대로 | 같음 |
# | 합성곱의 가중치 | 9C² + 9C² = 18C² | C²/4 + 9C²/16 + C²/4 = 17C²/16 |
#
# **예상해 보세요. 채널 수가 같을 때 여러분 블록의 가중치는 몇 배일까요?** ImageNet용 신경망은 `coursekit.models`에
# 있습니다. `resnet`이라는 이름은 여러분의 함수가 쓰고 있으므로 다음 셀에서는 다른 이름으로 불러옵니다.

# %% experiment
from coursekit.models.resnet import bottleneck_branch
from coursekit.models.resnet import residual_block as imagenet_block
from coursekit.models.resnet import resnet as imagenet_resnet

x = keras.Input((56, 56, 256))
yours = count(keras.Model(x, residual_block(x, 256, 1, "yours")))[0]
bottleneck = count(keras.Model(x, imagenet_block(x, bottleneck_branch, 64, 1, "bottleneck")))[0]
print(f"256 channels: {yours:,} in your block, {bottleneck:,} in the bottleneck, {yours / bottleneck:.1f} times as many")
# ko: print(f"채널 256개: 여러분의 블록 {yours:,}개, 병목 블록 {bottleneck:,}개, {yours / bottleneck:.1f}배")

resnet50 = imagenet_resnet(50)
trained, moving = count(resnet50)
print(f"ResNet-50: {trained:,} trained + {moving:,} moving = {resnet50.count_params():,} in Keras' summary")
# ko: print(f"ResNet-50: 학습 파라미터 {trained:,} + 이동 평균과 분산 {moving:,} = Keras 요약의 {resnet50.count_params():,}")
del resnet50, x

# %% [markdown] lang="en"
# About 17 times. The saving is spent on width and depth: ResNet-50 has maps of up to 2,048 channels. You may meet three
# numbers for this one network, and batch normalisation explains them all.
#
# | count | what it holds |
# |---|---|
# | 25,557,032 | what is trained; the number that papers and PyTorch give |
# | 25,610,152 | and 53,120 moving means and variances, two for each of 26,560 normalised channels: Keras' total |
# | 25,636,712 | and 26,560 biases: `keras.applications.ResNet50` leaves the redundant bias in its convolutions |

# %% [markdown] lang="ko"
# 약 17배입니다. 이렇게 아낀 만큼 신경망을 더 넓고 깊게 만듭니다. ResNet-50에는 채널이 2,048개인 맵까지 있습니다. 이
# 신경망 하나의 파라미터 수로 세 가지 숫자가 쓰이는데, 모두 배치 정규화로 설명됩니다.
#
# | 개수 | 무엇을 세었나 |
# |---|---|
# | 25,557,032 | 학습 가능한 파라미터. 논문과 PyTorch가 말하는 수 |
# | 25,610,152 | 여기에 이동 평균과 이동 분산 53,120개(정규화하는 채널 26,560개마다 두 개)를 더한 Keras의 합계 |
# | 25,636,712 | 여기에 다시 편향 26,560개. `keras.applications.ResNet50`이 합성곱에 남겨 둔 쓸모없는 편향 |

# %% [markdown] lang="en"
# ## What reaches the first layers
#
# Training moves a weight by the gradient of the loss. On its way back from the loss to the first layer the gradient
# passes through every block and is multiplied by the block's derivative:
#
# $$ \text{plain: } \frac{\partial y}{\partial x} = \frac{\partial F}{\partial x}
# \qquad\qquad \text{residual: } \frac{\partial y}{\partial x} = I + \frac{\partial F}{\partial x} $$
#
# (for a shortcut that is $x$ itself, where the last ReLU is open). In a plain network the gradient is a product of many
# matrices: if each of them stretches it a little, the product stretches it a lot. In a residual network the $I$ always lets one
# part through unchanged.
#
# The next cell measures it with `tf.GradientTape`, which records a computation and then gives the gradients of its
# result: 64 images, untrained networks, one norm for each 3×3 convolution.
#
# *Predict for the plain network of 44 layers: at its first layer, is the gradient smaller than at its last, or larger?*

# %% [markdown] lang="ko"
# ## 첫 번째 층까지 전달되는 기울기
#
# 학습은 손실(loss)의 기울기를 이용해 가중치를 갱신합니다. 기울기가 손실에서 첫 번째 층까지 거슬러 오는 동안,
# 블록을 지날 때마다 그 블록의 도함수(derivative)가 곱해집니다.
#
# $$ \text{plain: } \frac{\partial y}{\partial x} = \frac{\partial F}{\partial x}
# \qquad\qquad \text{residual: } \frac{\partial y}{\partial x} = I + \frac{\partial F}{\partial x} $$
#
# (지름길이 $x$ 자신이고 마지막 ReLU가 열려 있을 때의 식입니다.) 일반 신경망에서 기울기는 행렬 여러 개의 곱이므로,
# 행렬마다 조금씩만 늘려도 곱은 크게 불어납니다. 잔차 신경망에서는 $I$ 덕분에 일부가 언제나 그대로 지나갑니다.
#
# 다음 셀은 `tf.GradientTape`로 기울기를 측정합니다. 계산을 기록해 두었다가 그 결과의 기울기를 구해 주는 도구입니다.
# 이미지 64장을 학습하지 않은 신경망에 넣고, 3×3 합성곱마다 기울기의 노름(norm), 곧 크기를 하나씩 구합니다.
#
# **44층 일반 신경망을 두고 예상해 보세요. 첫 층의 기울기는 마지막 층보다 작을까요, 클까요?**

# %% experiment
import tensorflow as tf

from coursekit.plots import curves


def gradient_norms(block, depth, images, labels):
    """Norm of the loss' gradient for each 3×3 convolution of an untrained network, the nearest to the image first.

    ko: 학습하지 않은 신경망에서 3×3 합성곱마다 구한 손실 기울기의 노름. 이미지에 가장 가까운 층이 먼저입니다.
    """
    keras.utils.set_random_seed(0)
    model = resnet((28, 28, 1), ((depth - 2) // 6,) * 3, (8, 16, 32), 10, block=block)
    kernels = [weight.value for weight in model.trainable_weights if tuple(weight.shape[:2]) == (3, 3)]
    with tf.GradientTape() as tape:
        probabilities = model(images, training=True)  # batch normalisation with the batch's own mean and variance
        # ko: # 배치 정규화에 그 배치의 평균과 분산을 씁니다
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
    return np.array([tf.norm(gradient).numpy() for gradient in tape.gradient(loss, kernels)])

# %% experiment
images, labels = data[0][0][:64, ..., np.newaxis].astype("float32") / 255, data[0][1][:64]
norms = {}
for name, block, depth in (
    ("plain, 20 layers", plain_block, 20),
    # ko: ("일반, 20층", plain_block, 20),
    ("plain, 44 layers", plain_block, 44),
    # ko: ("일반, 44층", plain_block, 44),
    ("residual, 44 layers", residual_block, 44),
    # ko: ("잔차, 44층", residual_block, 44),
):
    norms[name] = gradient_norms(block, depth, images, labels)
    print(f"{name}: {norms[name][-1]:.2f} at the last convolution, {norms[name][0]:.2f} at the first")
    # ko: print(f"{name}: 마지막 합성곱에서 {norms[name][-1]:.2f}, 첫 합성곱에서 {norms[name][0]:.2f}")
curves(
    {name: [np.log10(values[::-1])] for name, values in norms.items()},
    "Deep and plain: the gradient grows from layer to layer on its way back to the image",
    # ko: "깊은 일반 신경망에서는 기울기가 이미지 쪽으로 거슬러 가면서 층마다 커집니다",
    "3×3 convolution, counted from the loss back to the image",
    # ko: "3×3 합성곱, 손실에서 이미지 쪽으로 센 순서",
    "gradient norm (log10)",
    # ko: "기울기의 노름(log10)",
)

# %% [markdown] lang="en"
# Read the lines from left to right, the way the gradient goes; one unit up is ten times as much. In the plain network of
# 44 layers it climbs almost steadily, from about 1 to nearly 100. In the residual network of the same depth it climbs
# too, but to less than 10. The plain network of 20 layers ends before much has happened.
#
# Did you predict that it vanishes? That is the usual story, and it can be true of deep networks *without* normalisation. With
# batch normalisation in every layer it is the other way round: without shortcuts the gradient explodes, the more the
# deeper (Yang et al., 2019). He et al. themselves wrote that vanishing gradients are unlikely to be the cause.
#
# This figure is a clue and no proof. It shows untrained networks, and Adam, which trains ours, divides each step by the
# gradient's own size. What remains is that 44 plain layers change the signal far more than 44 residual ones.
# Whether they train worse must be tried.

# %% [markdown] lang="ko"
# 선을 왼쪽에서 오른쪽으로, 기울기가 가는 방향으로 읽어 보세요. 세로축으로 1만큼 올라가면 열 배입니다. 44층 일반
# 신경망에서는 기울기가 1쯤에서 시작해 거의 꾸준히 커지다가 100 가까이 됩니다. 깊이가 같은 잔차 신경망에서도 커지기는
# 하지만 10에 못 미칩니다. 20층 일반 신경망의 선은 크게 달라지기 전에 끝납니다.
#
# 기울기가 사라진다고 예상했나요? 흔히 그렇게 설명하고, 정규화가 **없는** 깊은 신경망이라면 맞는 말일 수 있습니다.
# 그러나 층마다 배치 정규화가 있으면 반대입니다. 지름길이 없을 때는 깊을수록 **기울기 폭발**(exploding gradient)이
# 심해집니다(Yang 등, 2019). He 등도 기울기 소실(vanishing gradient)이 원인일 가능성은 낮다고 논문에 썼습니다.
#
# 이 그림은 단서일 뿐 증명은 아닙니다. 학습하지 않은 신경망에서 측정한 것이고, 우리가 학습에 쓰는 Adam은 스텝(step)마다
# 갱신량을 기울기의 크기로 나누기 때문입니다. 다만 일반 층 44개를 지나면 잔차 층 44개를 지날 때보다 신호가 훨씬 크게
# 변한다는 점은 남습니다. 정말 학습이 더 안 되는지는 해 보아야 압니다.

# %% [markdown] lang="en"
# ## Does it train?
#
# First in small: 20 layers, 1,000 images, four passes over them, both kinds of block. *Predict: which network has the
# smaller loss at the end?*
#
# We look at the **training** loss, because the question is whether a network can fit what it is shown. After 32 steps,
# the test accuracy would mostly tell how far each network has come with its moving means and variances.
#
# A curve grows for each network. Jupyter's stop button (■) ends the training of the one at work, and the next begins.
# `run, model = go_on()` in a cell of your own trains the rest of the one that you stopped last.

# %% [markdown] lang="ko"
# ## 정말 학습이 될까
#
# 먼저 작게 해 봅시다. 20층 신경망을 블록 두 종류로 만들어 이미지 1,000장을 네 번 반복해 학습합니다. **예상해 보세요.
# 끝에 가서 손실이 더 작은 신경망은 어느 쪽일까요?**
#
# 여기서는 **훈련** 손실을 봅니다. 지금 알고 싶은 것은 학습에 쓴 이미지에라도 맞출 수 있는지이기 때문입니다. 겨우
# 32스텝 뒤의 테스트 정확도는 이동 평균과 이동 분산이 얼마나 자리를 잡았는지를 더 많이 보여 줍니다.
#
# 신경망마다 학습이 진행되는 대로 곡선이 그려집니다. Jupyter의 정지 버튼(■)을 누르면 지금 학습하는 신경망만 멈추고
# 다음으로 넘어갑니다. 새 셀에서 `run, model = go_on()`을 실행하면 마지막에 멈춘 신경망의 나머지를 학습합니다.

# %% experiment
from functools import partial

from coursekit.experiments import Budget, by_name, classification, go_on, load_results, network_name

BUDGET = Budget(images=1_000, epochs=4, seeds=1, test_images=500)
BLOCKS = 3  # a stage: 6 * 3 + 2 = 20 layers. Try 1 for 8 layers, or 7 for 44 (twice as long).
# ko: # 스테이지당 블록 수: 6 * 3 + 2 = 20층. 1이면 8층, 7이면 44층입니다(두 배 오래 걸립니다).
# In full, with 8, 20 and 44 layers, it takes about 20 minutes on two cores: python experiments/lessons.py depth
# ko: 8층, 20층, 44층을 모두 학습하면 코어 두 개에서 20분쯤 걸립니다: python experiments/lessons.py depth

network = partial(resnet, (28, 28, 1), (BLOCKS,) * 3, (8, 16, 32), 10)
builders = {"plain": partial(network, block=plain_block), "residual": partial(network, block=residual_block)}
# ko: builders = {"일반": partial(network, block=plain_block), "잔차": partial(network, block=residual_block)}
runs = classification(builders, data, BUDGET, watch=True)
plain, residual = (run.history[-1] for run in runs)
curves(
    {run.name: [run.history] for run in runs},
    f"After {BUDGET.epochs} epochs at {6 * BLOCKS + 2} layers: plain {plain:.2f}, residual {residual:.2f}",
    # ko: f"{6 * BLOCKS + 2}층을 {BUDGET.epochs}에포크 학습한 뒤의 훈련 손실: 일반 {plain:.2f}, 잔차 {residual:.2f}",
    "epoch",
    # ko: "에포크",
    "training loss (cross-entropy)",
    # ko: "훈련 손실(교차 엔트로피)",
)

# %% [markdown] lang="en"
# Two falling lines: the lower one fits its images better. Both networks have the same convolutions and saw the same
# images in the same order. One seed and a handful of steps decide nothing, though. The next cells show the
# full experiment, whose results come with the course: three depths, both blocks, several seeds.

# %% [markdown] lang="ko"
# 선 두 개가 내려가는데, 더 아래에 있는 쪽이 이미지에 더 잘 맞춘 것입니다. 두 신경망은 합성곱이 같고, 같은 이미지를 같은
# 순서로 보았습니다. 하지만 시드(seed) 하나로 몇 스텝 학습한 것만으로는 결론을 낼 수 없습니다. 다음 셀에는 깊이 세 가지,
# 블록 두 가지, 시드 여러 개로 한 전체 실험의 결과가 나옵니다. 이 결과는 강의에 들어 있습니다.

# %% experiment
shipped = load_results("depth")
budget, minutes = shipped["budget"], sum(run.seconds for run in shipped["runs"]) / 60
names = [f"{kind}, {depth} layers" for kind in ("plain", "residual") for depth in (8, 20, 44)]
losses = {name: [run.history[-1] for run in shipped["runs"] if run.name == name] for name in names}
accuracies = by_name(shipped["runs"])
print(f"{budget['images']:,} images, {budget['epochs']} epochs, {budget['seeds']} seeds; {minutes:.0f} minutes in all")
# ko: print(f"이미지 {budget['images']:,}장, {budget['epochs']}에포크, 시드 {budget['seeds']}개, 모두 {minutes:.0f}분")
for name in names:
    weights = next(run.parameters for run in shipped["runs"] if run.name == name)
    print(f"{network_name(name):20} {weights:>7,} weights   training loss {np.mean(losses[name]):.3f}"
    # ko: print(f"가중치 {weights:>7,}개   훈련 손실 {np.mean(losses[name]):.3f}"
          f"   test accuracy {np.mean(accuracies[name]):.3f}")
          # ko: f"   테스트 정확도 {np.mean(accuracies[name]):.3f}   {network_name(name)}")

# %% [markdown] lang="en"
# *Predict from the table: in the figure, which rows move to the right, the bad side, with depth?*

# %% [markdown] lang="ko"
# **표를 보고 예상해 보세요. 다음 그림에서 깊어질수록 오른쪽, 곧 나쁜 쪽으로 가는 줄은 어느 것일까요?**

# %% experiment
from coursekit.plots import comparison

moved = {
    kind: np.mean(losses[f"{kind}, 44 layers"]) - np.mean(losses[f"{kind}, 8 layers"]) for kind in ("plain", "residual")
}
comparison(
    losses,
    f"From 8 to 44 layers the training loss changes by {moved['plain']:+.2f} (plain) and {moved['residual']:+.2f} (residual)",
    # ko: f"8층에서 44층이 될 때 훈련 손실의 변화: 일반 {moved['plain']:+.2f}, 잔차 {moved['residual']:+.2f}",
    "training loss in the last epoch (cross-entropy)",
    # ko: "마지막 에포크의 훈련 손실(교차 엔트로피)",
    better="lower",
)

# %% [markdown] lang="en"
# How to read it: each row is one network, each dot one seed, and further left is a better fit to the training images.
# Compare the three plain rows with each other, then the three residual rows. The title gives both changes from 8 to 44
# layers. A plus is a loss that grew with depth: that is degradation, and it cannot be overfitting, for these are the
# images the networks were trained on. It does not set in at once: with 20 layers the plain network is better than with 8.
# Where dots of two rows overlap, three seeds cannot tell them apart.

# %% [markdown] lang="ko"
# 읽는 법은 이렇습니다. 한 줄이 신경망 하나, 점 하나가 시드 하나이고, 왼쪽일수록 훈련 이미지에 더 잘 맞춘 것입니다. 일반
# 신경망 세 줄을 서로 비교하고, 그다음 잔차 신경망 세 줄을 비교하세요. 제목에는 8층에서 44층이 될 때의 변화량이
# 있습니다. 플러스이면 깊어지면서 손실이 커진 것이고, 그것이 성능 저하입니다. 훈련에 쓴 이미지의 손실이므로 과적합일
# 수는 없습니다. 다만 처음부터 그런 것은 아니어서, 20층 일반 신경망은 8층보다 낫습니다. 두 줄의 점이 겹치는 곳은 시드 세 개로 우열을 가릴 수 없습니다.

# %% experiment
for depth in (20, 44):
    pairs = [(losses[f"{kind}, {depth} layers"], accuracies[f"{kind}, {depth} layers"]) for kind in ("plain", "residual")]
    (plain_loss, plain_accuracy), (residual_loss, residual_accuracy) = pairs
    fewer = np.mean(plain_loss) - np.mean(residual_loss)
    better = 100 * (np.mean(residual_accuracy) - np.mean(plain_accuracy))
    wins = sum(a < b for a, b in zip(residual_loss, plain_loss, strict=True))
    print(f"{depth} layers: the shortcut lowers the training loss by {fewer:.3f} (in {wins} of {len(plain_loss)} seeds)"
    # ko: print(f"{depth}층: 지름길이 있으면 훈련 손실이 {fewer:.3f} 줄고(시드 {len(plain_loss)}개 가운데 {wins}개에서)"
          f" and changes the test accuracy by {better:+.1f} points")
          # ko: f" 테스트 정확도가 {better:+.1f}%p 바뀝니다")

# %% [markdown] lang="en"
# ## Play with depth
#
# Training changes the gradients, too. The demo builds plain and residual networks with your `resnet` and your block, and
# puts weights into them that come trained with the course: 6,000 images, 4 epochs, as in the experiment above, but one
# seed only. It takes about ten seconds to begin. Left are the gradients by layer, before or after training; right
# is the accuracy of each network on the test images.
#
# *Predict: after training, does the gradient still grow on its way back through the plain layers?*
#
# <details><summary>The demo as a picture</summary>
#
# ![Gradient norms by layer before training, a line for the plain network and one for the residual network, from the loss
# back to the image. Beside them bars with the accuracy of plain and residual networks of each depth after
# training.](depths.png)
#
# </details>

# %% [markdown] lang="ko"
# ## 깊이를 바꾸어 보기
#
# 학습하면 기울기도 달라집니다. 데모는 여러분의 `resnet`과 블록으로 일반 신경망과 잔차 신경망을 깊이마다 만듭니다.
# 거기에 강의에 들어 있는 학습된 가중치를 넣습니다. 위의 실험처럼 이미지 6,000장으로 4에포크(epoch) 학습했지만, 시드는
# 하나뿐입니다. 시작하는 데 10초쯤 걸립니다. 왼쪽은 학습 전이나 학습 후에 층마다 측정한 기울기이고, 오른쪽은 신경망마다
# 테스트 이미지에서 측정한 정확도입니다.
#
# **예상해 보세요. 학습한 뒤에도 기울기는 일반 신경망의 층을 거슬러 오면서 커질까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![학습하지 않은 신경망의 층별 기울기를 손실에서 이미지 쪽으로 늘어놓은 선 두 개로, 하나는 일반 신경망, 하나는 잔차
# 신경망입니다. 오른쪽 막대는 깊이마다 학습한 일반 신경망과 잔차 신경망의 정확도입니다.](depths.png)
#
# </details>

# %% experiment
from coursekit import live

live.depths(resnet, plain_block, residual_block)

# %% [markdown] lang="en"
# It still grows, but less steeply. On its way from the last convolution to the first it becomes 140 times as
# large in 44 plain layers before training, and 16 times after; with shortcuts it is 14 times before and 6 times after.
#
# ## What was measured, and what it does not show
#
# A shortcut makes "do nothing" the easy thing to do. You saw its effect three times: in the silent block, in the
# gradients, and in the training loss above, whose differences the last cell prints. It costs 736 weights here, for two
# projections, whatever the depth.
#
# - **Four epochs.** A plain network that is behind may only be slow. He et al. trained for more than a hundred epochs, and
#   three times as long as a check, and the gap stayed. This experiment does not show that.
# - **Small networks, easy images.** Widths of 8 to 32 and Fashion-MNIST. The sizes of the differences belong to this setting.
# - **Test accuracy** asks another question: how well what was learned carries over to new images. The conclusion about
#   depth rests on the training loss.
# - **The cause is still argued about.** Besides the size of gradients, researchers have pointed at gradients that turn into
#   noise (Balduzzi et al., 2017), and at many short paths through one deep network (Veit et al., 2016).

# %% [markdown] lang="ko"
# 여전히 커지지만 훨씬 완만합니다. 44층 일반 신경망의 기울기는 마지막 합성곱에서 첫 합성곱까지 오는 동안 학습 전에는
# 140배가 되었는데, 학습 후에는 16배가 됩니다. 지름길이 있으면 학습 전에는 14배, 학습 후에는 6배입니다.
#
# ## 측정한 것, 그리고 아직 알 수 없는 것
#
# 지름길이 있으면 "아무 일도 하지 않기"가 쉬워집니다. 그 효과를 가중치가 모두 0인 블록에서, 기울기에서, 그리고 바로 위의
# 훈련 손실에서, 모두 세 번 보았습니다. 손실의 차이는 마지막 셀이 출력합니다. 비용은 여기서는 투영 두 개의 파라미터
# 736개이고, 깊이가 달라도 같습니다.
#
# - **네 에포크뿐입니다.** 뒤처진 일반 신경망은 그저 느린 것일 수도 있습니다. He 등은 백 에포크 넘게, 확인 삼아
#   그 세 배까지 학습해도 차이가 남는다고 했지만, 이 실험만으로는 알 수 없습니다.
# - **작은 신경망, 쉬운 이미지입니다.** 채널이 8개에서 32개이고 데이터는 Fashion-MNIST입니다. 차이의 크기는 이 조건에서만 맞습니다.
# - **테스트 정확도**가 답하는 것은 다른 질문입니다. 학습한 것이 새 이미지에서도 통하는지를 봅니다. 깊이에 대한 결론은
#   훈련 손실에 근거합니다.
# - **원인은 아직 논쟁 중입니다.** 기울기의 크기 말고도, 기울기가 잡음처럼 변한다는 설명(Balduzzi 등, 2017)과 깊은
#   신경망 하나에 짧은 경로가 많이 들어 있다는 설명(Veit 등, 2016)이 있습니다.

# %% [markdown] lang="en"
# ## Quiz
#
# **1.** All weights of a residual block with stride 1 and equal channels are 0. The input has the values −2 and 3. What
# comes out? And what would change if the last ReLU stood on the branch, before the addition?
#
# <details><summary>Answer</summary>
#
# 0 and 3: the branch gives 0, and ReLU(x) remains. With the ReLU on the branch instead, −2 and 3 come out. But then the
# branch is never below 0, so a block could only add to its input and never take away; values would grow from block to
# block.
#
# </details>
#
# **2.** How many weights are trained in a block from 64 to 128 channels with stride 2?
#
# <details><summary>Answer</summary>
#
# 230,144. The convolutions have 3 × 3 × 64 × 128 = 73,728 and 3 × 3 × 128 × 128 = 147,456, the projection has 64 × 128 =
# 8,192, and three batch normalisations have 2 × 128 each, 768. Almost two thirds of them sit in the
# second convolution.
#
# </details>
#
# **3.** A colleague adds 30 layers to a plain network. The test error rises. "Overfitting," she says, "or vanishing
# gradients." What do you look at before you believe either?
#
# <details><summary>Answer</summary>
#
# At the training loss: if it has risen too, this is not overfitting. And at the gradient norms of the first layers: with
# batch normalisation they are more likely too large than too small. Then give her the same network with shortcuts.
#
# </details>

# %% [markdown] lang="ko"
# ## 퀴즈
#
# **1.** 스트라이드가 1이고 채널 수가 그대로인 잔차 블록의 가중치가 모두 0입니다. 입력에는 −2와 3이 있습니다. 무엇이
# 나올까요? 마지막 ReLU를 덧셈 앞, 브랜치 쪽에 두면 무엇이 달라질까요?
#
# <details><summary>답</summary>
#
# 0과 3입니다. 브랜치가 0을 내므로 ReLU(x)만 남습니다. ReLU가 덧셈 뒤가 아니라 브랜치에 있으면 −2와 3이 나옵니다. 하지만
# 그러면 브랜치의 출력이 0보다 작을 수 없어서, 블록은 입력에 더할 수만 있고 뺄 수는 없습니다. 그래서 값은 블록을
# 지날수록 커지기만 합니다.
#
# </details>
#
# **2.** 채널 64개에서 128개로 가고 스트라이드가 2인 블록에는 학습 가능한 파라미터가 몇 개일까요?
#
# <details><summary>답</summary>
#
# 230,144개입니다. 합성곱이 3 × 3 × 64 × 128 = 73,728개와 3 × 3 × 128 × 128 = 147,456개, 투영이 64 × 128 = 8,192개, 배치 정규화
# 세 개가 2 × 128개씩 모두 768개입니다. 그 가운데 3분의 2 가까이가 두 번째 합성곱에 있습니다.
#
# </details>
#
# **3.** 동료가 일반 신경망에 층을 30개 더했더니 테스트 오류율이 올라갔습니다. 동료는 "과적합이거나 기울기 소실"이라고
# 합니다. 그 말을 믿기 전에 무엇을 확인해야 할까요?
#
# <details><summary>답</summary>
#
# 훈련 손실을 봅니다. 훈련 손실도 커졌다면 과적합이 아닙니다. 그다음 앞쪽 층들의 기울기 크기를 봅니다. 배치 정규화가
# 있다면 너무 작기보다 너무 클 가능성이 높습니다. 그러고 나서 같은 신경망에 지름길을 더해 보라고 하세요.
#
# </details>

# %% [markdown] lang="en"
# ## What to read next
#
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun: [Deep Residual Learning for Image Recognition](https://arxiv.org/abs/1512.03385),
#   2015. Figure 1 shows degradation, section 4.2 the network that yours follows.
# - The same authors: [Identity Mappings in Deep Residual Networks](https://arxiv.org/abs/1603.05027), 2016. Why the
#   shortcut should stay free, and a block with normalisation first.
# - Andreas Veit, Michael Wilber, Serge Belongie: [Residual Networks Behave Like Ensembles of Relatively Shallow Networks](https://arxiv.org/abs/1605.06431), 2016.
# - David Balduzzi et al.: [The Shattered Gradients Problem](https://arxiv.org/abs/1702.08591), 2017.
# - Greg Yang et al.: [A Mean Field Theory of Batch Normalization](https://arxiv.org/abs/1902.08129), 2019.
#
# `progress()` shows how far you have come. In lesson 3 the autoencoder learns which of its channels to listen to, and in
# lesson 4 your residual block gets attention on its branch.
#
# **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun: [Deep Residual Learning for Image Recognition](https://arxiv.org/abs/1512.03385),
#   2015. 그림 1이 성능 저하를 보여 주고, 4.2절에 이 레슨이 따른 신경망이 있습니다.
# - 같은 저자들: [Identity Mappings in Deep Residual Networks](https://arxiv.org/abs/1603.05027), 2016. 지름길을 비워 두어야
#   하는 이유와, 정규화를 앞에 둔 블록을 다룹니다.
# - Andreas Veit, Michael Wilber, Serge Belongie: [Residual Networks Behave Like Ensembles of Relatively Shallow Networks](https://arxiv.org/abs/1605.06431), 2016.
# - David Balduzzi 외: [The Shattered Gradients Problem](https://arxiv.org/abs/1702.08591), 2017.
# - Greg Yang 외: [A Mean Field Theory of Batch Normalization](https://arxiv.org/abs/1902.08129), 2019.
#
# `progress()`를 실행하면 어디까지 왔는지 볼 수 있습니다. 레슨 3에서는 오토인코더가 어떤 채널에 귀를 기울일지 배우고,
# 레슨 4에서는 여러분의 잔차 블록의 브랜치에 어텐션을 넣습니다.
#
# **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
