# %% [markdown] lang="en"
# # Where to look
#
# Cover most of a photograph, and people still know what it shows as long as the right part stays free: the strap of a
# bag, the sole of a shoe. A convolution has no such preference. It does the same work at every position of a map and
# passes all of them on.
#
# **If a network may look at only part of a picture, where does it look?** In lesson 3 every *channel* got a gate; here
# every *position* gets one, and in the last figure of this lesson your own layer answers the question.
#
# Four exercises, 20 points, about <!-- minutes --> minutes.

# %% [markdown] lang="ko"
# # 어디를 볼까
#
# 사진을 거의 다 가려도 알맞은 곳만 남겨 두면 사람은 무엇인지 알아봅니다. 가방의 끈이나 신발의 밑창 같은 곳입니다.
# 그런데 합성곱(convolution)은 그렇게 골라 보지 않습니다. 맵의 모든 위치에서 똑같은 계산을 하고, 그 결과를 모두 다음
# 층으로 넘깁니다.
#
# **신경망이 그림의 일부만 볼 수 있다면, 어디를 볼까요?** 레슨 3에서는 **채널**마다 게이트(gate)를 달았습니다. 이번에는
# **위치**마다 게이트를 답니다. 이 레슨의 마지막 그림에서는 여러분이 작성한 층이 이 질문에 답할 것입니다.
#
# 연습 문제 4개, 20점, 약 <!-- minutes -->분 분량입니다.

# %% [markdown] lang="en"
# **After this lesson** you can write a gate for each position, choose where in a network attention stands, and judge
# a difference by its interval. **You need** lessons 1 to 3.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 위치마다 값을 곱하는 층을 작성하고, 신경망의 어디에 어텐션을 둘지 정하고, 차이를 신뢰
# 구간으로 판단할 수 있습니다. **먼저** 레슨 1부터 3까지 마쳐야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("4-spatial-attention")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## Be the gate yourself
#
# A picture of 28 × 28 pixels has 784 positions. A **spatial gate** is one number for each of them, from 0 (shut) to 1
# (open). The next cell makes such a map by hand, a round window, and multiplies: image times map, position by position,
# is what gets through.
#
# *Predict: the window lies a little above the middle. Which of the ten kinds will you still recognise?*

# %% [markdown] lang="ko"
# ## 직접 게이트가 되어 보기
#
# 28 × 28 픽셀 그림에는 위치가 784개 있습니다. **공간 게이트**(spatial gate)는 위치마다 하나씩 있는 숫자로, 0이면 닫히고
# 1이면 열립니다. 다음 셀은 둥근 창 모양의 맵을 손으로 만듭니다. 이미지와 맵을 같은 위치끼리 곱한 것만 통과합니다.
#
# **예상해 보세요. 창은 가운데보다 조금 위에 있습니다. 열 가지 옷 가운데 여전히 알아볼 수 있는 것은 무엇일까요?**

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist
from coursekit.plots import image_grid

data = load_fashion_mnist()
(train_images, train_labels), (test_images, test_labels) = data
one_of_each = [np.flatnonzero(test_labels == label)[2] for label in range(10)]
garments = test_images[one_of_each] / np.float32(255)

row, column, radius = 10, 14, 6  # try another window
# ko: # 다른 창도 시도해 보세요
down, across = np.mgrid[:28, :28]
window = (np.hypot(down - row, across - column) < radius).astype("float32")
rows = {"image": garments, "gates": np.broadcast_to(window, garments.shape), "image × gates": garments * window}
# ko: rows = {"이미지": garments, "게이트": np.broadcast_to(window, garments.shape), "이미지 × 게이트": garments * window}
image_grid(rows, "One window for all pictures does not suit all pictures", value_range=(0, 1))
# ko: image_grid(rows, "모든 이미지에 같은 창 하나를 쓰면 맞지 않는 이미지가 생깁니다", value_range=(0, 1))

# %% [markdown] lang="en"
# The first row has a picture of each kind, in the order of `CLASS_NAMES`, the second the same white disc ten times, and
# the third what is left. The gap between the trouser legs can be seen, and two threads of the bag's strap. But
# pullover, coat and shirt have become the same disc, and of the shoes there is not enough left to name them.
#
# Try other windows: none suits all ten. So the map must not be a constant. **It has to come from the picture itself**, a
# new one for each picture.
#
# **Hard or soft?** Your window is *hard attention*: a position is let through or it is not, and the work at all others
# could be skipped. But a step from 0 to 1 has no gradient that says where to move the window, so such networks were
# trained by trial and reward ([Mnih et al., 2014](https://arxiv.org/abs/1406.6247)). Gates are *soft attention*:
# numbers between 0 and 1, which have a gradient, and skip nothing. A strict definition of attention does not exist. A
# detector that slides a window over a photograph is a crude form of it; here the network learns what to weigh.

# %% [markdown] lang="ko"
# 첫 번째 줄은 `CLASS_NAMES` 순서대로 클래스마다 옷 한 장, 두 번째 줄은 똑같은 흰 원 열 개, 세 번째 줄은 남은
# 부분입니다. 바지 가랑이 사이의 틈과 가방 끈 두 가닥은 보입니다. 그러나 풀오버와 코트와 셔츠는 모두 똑같은 원이 되었고,
# 신발은 남은 부분만으로는 무엇인지 알 수 없습니다.
#
# 창을 옮겨 보세요. 열 가지에 모두 맞는 창은 없습니다. 그러니 맵이 고정된 값이어서는 안 됩니다. **맵은 그림에서 나와야 하고**,
# 그림마다 새로 만들어야 합니다.
#
# **하드일까요, 소프트일까요?** 여러분의 창은 **하드 어텐션**(hard attention)입니다. 위치를 통과시키거나 막거나 둘 중 하나이고, 나머지
# 위치의 계산은 건너뛸 수도 있습니다. 그러나 0에서 1로 뛰는 값에는 창을 어디로 옮겨야 할지 알려 주는 기울기(gradient)가 없습니다. 그래서
# 이런 신경망은 시행착오와 보상으로 학습했습니다([Mnih 등, 2014](https://arxiv.org/abs/1406.6247)). 게이트는 **소프트
# 어텐션**(soft attention)입니다. 0과 1 사이의 수라서 기울기가 있는 대신, 건너뛰는 계산은 없습니다. 어텐션에 엄밀한 정의는 없습니다. 사진
# 위로 창을 옮겨 가는 슬라이딩 윈도우(sliding window) 검출기도 거친 형태의 어텐션이고, 여기서는 무엇에 가중치를 둘지 신경망이 학습합니다.

# %% [markdown] lang="en"
# ## Three steps
#
# The [tutorial](https://velog.io/@hyeon-ii/Attention) that this course follows names three: one convolution, a sigmoid,
# an element-wise multiplication.
#
# $$ M_{h,w} = \sigma\Big(b + \sum_{i,j} \sum_{c} W_{i,j,c} \, X_{h+i,\,w+j,\,c}\Big) \qquad\qquad
# Y_{h,w,c} = M_{h,w} \, X_{h,w,c} $$
#
# | step | shape |
# |---|---|
# | feature map $X$ | (batch, H, W, C) |
# | 1. convolution $k \times k$ from C channels to 1 | (batch, H, W, 1) |
# | 2. sigmoid: the gates $M$, between 0 and 1 | (batch, H, W, 1) |
# | 3. multiplication: each gate scales all channels of its position | (batch, H, W, C) |
#
# **What is squeezed?** The convolution turns C into 1 and leaves H and W, so it squeezes the *channels*. Lesson 3's
# pooling turned H × W into 1 × 1 and left C, so it squeezed *height and width*. (The tutorial has the two the other way
# round.) What is squeezed is what the gate can no longer tell apart.
#
# **Not yet CBAM.** You may know spatial attention from CBAM (lesson 6), where the channels are first pooled to their mean
# and their maximum, and the convolution reads two channels. Here nothing is pooled, and it reads all C.


# %% [markdown] lang="ko"
# ## 세 단계
#
# 이 강의가 따르는 [튜토리얼](https://velog.io/@hyeon-ii/Attention)은 세 단계를 설명합니다. 합성곱 하나, 시그모이드(sigmoid), 원소별(element-wise) 곱셈입니다.
#
# $$ M_{h,w} = \sigma\Big(b + \sum_{i,j} \sum_{c} W_{i,j,c} \, X_{h+i,\,w+j,\,c}\Big) \qquad\qquad
# Y_{h,w,c} = M_{h,w} \, X_{h,w,c} $$
#
# | 단계 | 형태 |
# |---|---|
# | 특징 맵(feature map) $X$ | (batch, H, W, C) |
# | 1. 채널 C개를 1개로 만드는 $k \times k$ 합성곱 | (batch, H, W, 1) |
# | 2. 시그모이드: 0과 1 사이의 게이트 $M$ | (batch, H, W, 1) |
# | 3. 곱셈: 게이트 하나가 그 위치의 모든 채널을 조절 | (batch, H, W, C) |
#
# **무엇을 스퀴즈(squeeze)할까요?** 합성곱은 C를 1로 만들고 H와 W는 남기므로 **채널을** 스퀴즈합니다. 반면 레슨 3의
# 풀링(pooling)은 H × W를 1 × 1로 만들고 C를 남겼으므로 **높이와 너비를** 스퀴즈한 것입니다. (튜토리얼에는 두 방향이 서로 바뀌어
# 있습니다.) 스퀴즈한 쪽은 게이트가 더 이상 구별하지 못하는 쪽입니다.
#
# **아직 CBAM은 아닙니다.** 공간 어텐션(spatial attention)을 CBAM(레슨 6)으로 아는 분도 있을 것입니다. CBAM은 먼저 채널을 평균과
# 최댓값으로 풀링하고, 합성곱은 그 두 채널을 읽습니다. 여기서는 풀링 없이 합성곱이 채널 C개를 모두 읽습니다.
#
# 이제 층을 작성해 보세요. 막히면 `hint("spatial_attention")`을 실행하세요. 첫 번째 힌트가 나옵니다.

# %% solution="spatial_attention"
def spatial_attention(x, name, kernel_size=7):
    """Scale every position by how much it matters for this image.

    Steps:
        1. Convolution to one channel, kernel_size × kernel_size, same padding, with bias.
        2. Sigmoid: one gate between 0 and 1 for each position.
        3. Multiply x by its gates, position by position.

    Args:
        x: feature map, (batch, height, width, channels).
        name: prefix of the layers' names.
        kernel_size: side of the convolution's kernel, an odd number.

    Returns:
        Feature map of the same shape.

    ko: 이 이미지에서 얼마나 중요한지에 따라 위치마다 크기를 조절합니다.

    단계:
        1. 채널 하나로 만드는 합성곱, kernel_size × kernel_size, same 패딩, 편향 있음.
        2. 시그모이드: 위치마다 0과 1 사이의 게이트 하나.
        3. x에 게이트를 위치별로 곱하기.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        name: 층 이름의 앞부분.
        kernel_size: 합성곱 커널의 한 변, 홀수.

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    gates = layers.Conv2D(1, kernel_size, padding="same", activation="sigmoid", name=f"{name}_gates")(x)
    return layers.Multiply(name=f"{name}_scale")([x, gates])
    ### END SOLUTION

# %% check="spatial_attention" points=5
check(spatial_attention)

# %% [markdown] lang="en"
# ## What it costs
#
# One filter of $k \times k$ weights for each of C channels, and one bias: $k^2 C + 1$ parameters. The next cell counts them
# in your own layer. *Predict: how many for C = 64 and k = 7? By how much less for k = 3 and k = 1?*

# %% [markdown] lang="ko"
# ## 비용
#
# 필터(filter)는 하나이고, 채널 C개마다 $k \times k$개의 가중치가 있으며, 편향(bias)이 하나 있으므로, 파라미터는 $k^2 C +
# 1$개입니다. 다음 셀은 여러분이 작성한 층에서 직접 셉니다. **예상해 보세요. C = 64, k = 7이면 몇 개일까요? k = 3과 k =
# 1이면 얼마나 줄어들까요?**

# %% experiment
from autograder import predict

predict("positions_of_64")

# %% experiment
def parameters(layer, channels, **options):
    """How many parameters `layer` has on a map with so many channels.

    ko: 채널이 이만큼인 맵에서 `layer`의 파라미터 수
    """
    x = keras.Input((28, 28, channels))
    return keras.Model(x, layer(x, "count", **options)).count_params()

for kernel_size in (7, 3, 1):
    print(f"C = 64, k = {kernel_size}: {parameters(spatial_attention, 64, kernel_size=kernel_size):>5,} parameters")
    # ko: print(f"C = 64, k = {kernel_size}: 파라미터 {parameters(spatial_attention, 64, kernel_size=kernel_size):>5,}개")

# %% [markdown] lang="en"
# 49 · 64 + 1 = 3,137, then 577, then 65. The version with $k = 1$ has a name of its own, **sSE**, the spatial half of scSE
# (Roy et al., 2018). CBAM's convolution has 7 · 7 · 2 = 98 weights whatever C is; that is what its pooling buys.
#
# ## What one gate can see
#
# So what do the other 3,072 parameters of $k = 7$ buy? The next cell takes a map of ones, changes *one* position, and marks
# every gate that notices. *Predict the number of marked gates for k = 1, 3 and 7.*

# %% [markdown] lang="ko"
# 49 · 64 + 1 = 3,137개, 그다음은 577개, 65개입니다. $k = 1$인 것에는 **sSE**라는 이름이 따로 있습니다. scSE(Roy 등,
# 2018)의 공간 어텐션 부분입니다. CBAM의 합성곱은 C와 상관없이 가중치가 7 · 7 · 2 = 98개인데, 풀링을 먼저 한 덕분입니다.
#
# ## 게이트 하나가 보는 범위
#
# 그렇다면 $k = 7$의 나머지 파라미터 3,072개로 무엇을 얻을까요? 다음 셀은 모든 값이 1인 맵에서 **한** 위치만 바꾸고, 그
# 때문에 달라진 게이트를 모두 표시합니다. **예상해 보세요. k = 1, 3, 7일 때 표시되는 게이트는 몇 개일까요?**

# %% experiment
from coursekit.plots import image_row

def gates_of(x, y):
    """The gates that turned x into y, read from outside: y is x times m, so m is (x·y) / (x·x) at each position.

    ko: x를 y로 바꾼 게이트를 밖에서 알아낸 것: y는 x 곱하기 m이므로, 위치마다 m은 (x·y) / (x·x)입니다.
    """
    return ops.clip(ops.sum(x * y, axis=-1) / (ops.sum(x * x, axis=-1) + 1e-9), 0, 1)

def noticed(kernel_size):
    """Which gates change when the middle of a map of ones changes, (15, 15).

    ko: 1로 채운 맵의 가운데가 바뀌면 어느 게이트가 바뀌는지, (15, 15)
    """
    x = keras.Input((15, 15, 4))
    model = keras.Model(x, gates_of(x, spatial_attention(x, "look", kernel_size)))
    ones = np.ones((1, 15, 15, 4), "float32")
    changed = ones.copy()
    changed[:, 7, 7] += 1
    return np.abs(np.array(model(changed) - model(ones)))[0] > 1e-5

fields = {f"k = {kernel_size}": noticed(kernel_size) for kernel_size in (1, 3, 7)}
titles = [f"{name}: {field.sum()} of {field.size}" for name, field in fields.items()]
# ko: titles = [f"{name}: {field.size}개 가운데 {field.sum()}개" for name, field in fields.items()]
image_row([field.astype(float) for field in fields.values()], titles, "A larger kernel: more gates notice a change")
# ko: image_row([field.astype(float) for field in fields.values()], titles, "커널이 크면 더 많은 게이트가 변화를 알아차립니다")

# %% [markdown] lang="en"
# Each black square has a white one inside, of 1, 9 and 49 positions. Turned around, each gate sees $k \times k$
# positions, its **receptive field**, and layers add to each other: behind a 3×3 convolution a 7×7 gate sees
# $3 + 7 - 1 = 9$ pixels across. With $k = 1$ a gate knows what lies *at* its position; with $k = 7$ it also knows what
# lies around it, and can tell the edge of a sleeve from the gap beside it.


# %% [markdown] lang="ko"
# 검은 사각형 세 개 안에 흰 사각형이 각각 위치 1개, 9개, 49개 크기로 나옵니다. 거꾸로 말하면 게이트 하나는 $k \times
# k$개의 위치를 봅니다. 이것이 게이트의 **수용 영역**(receptive field)이고, 층을 쌓으면 더 넓어집니다. 예를 들어 3×3
# 합성곱 뒤에 있는 7×7 게이트는 가로세로로 $3 + 7 - 1 = 9$픽셀을 봅니다. $k = 1$이면 게이트는 **그 위치에** 무엇이
# 있는지만 압니다. $k = 7$이면 그 주변도 알기 때문에, 같은 에지(edge)라도 소매인지 소매 옆의 틈인지 구별할 수 있습니다.

# %% [markdown] lang="en"
# ## A first look
#
# Now your layer learns. `lookout` is a small classifier: one convolution, your spatial attention, averages over squares
# of 4 × 4 and one dense layer. It has two outputs, the ten probabilities and the map of gates. Ignore `share` for now,
# which at 1 does nothing.
#
# *Predict: after training, where will the gates be open? On the garment, on its outline, on the background?*

# %% [markdown] lang="ko"
# ## 처음으로 들여다보기
#
# 이제 여러분의 층을 학습합니다. `lookout`은 합성곱 하나, 여러분의 공간 어텐션, 4 × 4 영역마다의 평균, Dense 층 하나로
# 된 작은 분류기입니다. 출력은 확률 열 개와 게이트 맵, 두 가지입니다. `share`는 잠시 잊어 두세요. 1이면 아무 영향이
# 없습니다.
#
# **예상해 보세요. 학습이 끝나면 게이트는 어디가 열려 있을까요? 옷일까요, 옷의 윤곽일까요, 배경일까요?**

# %% experiment
def lookout(kernel_size):
    """A small classifier with one spatial attention: from images to probabilities and gates.

    ko: 공간 어텐션이 하나 있는 작은 분류기: 이미지를 받아 확률과 게이트를 냅니다.
    """
    image = keras.Input((28, 28, 1))
    features = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    seen = spatial_attention(features, "look", kernel_size)
    pooled = layers.Flatten()(layers.AveragePooling2D(4, name="squares")(seen))
    probabilities = layers.Dense(10, activation="softmax", name="classes")(pooled)
    return keras.Model(image, [probabilities, gates_of(features, seen)])

def train_lookout(share=1.0, kernel_size=7, images=4_000, epochs=3, seed=0):
    """Train a lookout with cross-entropy; as far as the mean of the gates exceeds `share`, it costs extra.

    ko: lookout을 교차 엔트로피로 학습합니다. 게이트의 평균이 `share`를 넘으면 넘은 만큼 페널티가 붙습니다.
    """
    def too_much(_, gates):
        return ops.relu(ops.mean(gates) - share)

    keras.utils.set_random_seed(seed)
    model = lookout(kernel_size)
    model.compile(keras.optimizers.Adam(3e-3), ["sparse_categorical_crossentropy", too_much], jit_compile=False)
    scaled = train_images[:images, ..., np.newaxis] / np.float32(255)
    model.fit(scaled, [train_labels[:images]] * 2, batch_size=64, epochs=epochs, verbose=0)
    return model

# %% experiment
from coursekit.plots import attention_overlay

free = train_lookout()
gates = free.predict(garments[..., np.newaxis], verbose=0)[1]
print(f"gates: smallest {gates.min():.2f}, mean {gates.mean():.2f}, largest {gates.max():.2f}")
# ko: print(f"게이트: 최솟값 {gates.min():.2f}, 평균 {gates.mean():.2f}, 최댓값 {gates.max():.2f}")
attention_overlay(garments, gates, "Where looking costs nothing, the gates stay open everywhere")
# ko: attention_overlay(garments, gates, "보는 데 페널티가 없으면 게이트는 어디서나 열려 있습니다")

# %% [markdown] lang="en"
# The top row has the pictures, the middle row the gates, dark for shut and yellow for open, and the bottom row both.
# The gates are wide open on the garments and little less open on the background. It looks *everywhere*.
#
# Training has not failed. An open gate costs nothing, and a shut one may lose something. The question said "may look at
# only **part**", so at the end we shall charge for looking.

# %% [markdown] lang="ko"
# 윗줄은 그림, 가운뎃줄은 게이트(어두우면 닫힘, 노란색이면 열림), 아랫줄은 둘을 겹친 것입니다. 게이트는 옷에서 활짝 열려
# 있고 배경에서도 조금 덜 열려 있을 뿐입니다. 즉 이 신경망은 **모든 곳을** 보고 있습니다.
#
# 학습에 실패한 것이 아닙니다. 게이트를 열어도 드는 비용이 없고, 닫으면 무언가 잃을 수도 있기 때문입니다. 처음 질문은
# "그림의 **일부만** 볼 수 있다면"이었으므로, 이 레슨의 끝에서는 보는 데 페널티(penalty)를 줍니다.

# %% [markdown] lang="en"
# ## Channel against spatial
#
# | compared | channel attention (lesson 3) | spatial attention |
# |---|---|---|
# | what is squeezed | height and width, by their mean | the channels, by a learned sum |
# | the gate's shape | (batch, 1, 1, C) | (batch, H, W, 1) |
# | one gate is shared by | all positions of a channel | all channels of a position |
# | parameters | $2Cm + m + C$ with $m = C / r$ | $k^2 C + 1$ |
# | the question it answers | **which** channel? | **where?** |
#
# The next two cells are given, the blocks of earlier lessons. The one after them counts both kinds. *Predict: with r = 8
# and k = 7, which one has more parameters at C = 16? And at C = 256?*

# %% [markdown] lang="ko"
# ## 채널 어텐션과 공간 어텐션
#
# | 비교할 것 | 채널 어텐션 (레슨 3) | 공간 어텐션 |
# |---|---|---|
# | 스퀴즈하는 것 | 높이와 너비를, 평균을 내어 | 채널을, 학습한 가중치로 더하여 |
# | 게이트의 형태 | (batch, 1, 1, C) | (batch, H, W, 1) |
# | 게이트 하나를 함께 쓰는 것 | 한 채널의 모든 위치 | 한 위치의 모든 채널 |
# | 파라미터 | $2Cm + m + C$, $m = C / r$ | $k^2 C + 1$ |
# | 답하는 질문 | **어떤** 채널인가? | **어디**인가? |
#
# 다음 두 셀은 주어진 코드로, 앞 레슨에서 만든 블록입니다. 그다음 셀에서 두 어텐션의 파라미터를 셉니다. **예상해 보세요.
# r = 8, k = 7일 때 C = 16이면 어느 쪽이 더 많을까요? C = 256이면 어떨까요?**

# %% given="autoencoder_block autoencoder channel_attention attention_block"

# %% given="residual_block resnet"

# %% experiment
for channels in (16, 32, 64, 256):
    which, where = parameters(channel_attention, channels), parameters(spatial_attention, channels)
    print(f"C = {channels:>3}: channel {which:>6,}   spatial {where:>6,}")
    # ko: print(f"C = {channels:>3}: 채널 {which:>6,}   공간 {where:>6,}")

# %% [markdown] lang="en"
# Channel attention grows with C², spatial attention with C; near C = 192 they cross.
#
# ## Both, behind every block
#
# In lesson 3 you put channel attention behind each block of the autoencoder; now spatial attention follows it:
#
# ```text
# x ── conv 3×3 ── BN ── ReLU ── channel attention ── spatial attention ──
#      └──── autoencoder_block ──┘                  │
#      └───────────── attention_block ──────────────┘
# ```
#
# `autoencoder` takes a `block`, so there is no need to write the network again.

# %% [markdown] lang="ko"
# 채널 어텐션의 파라미터는 C²에 비례해 늘고, 공간 어텐션은 C에 비례해 늡니다. C = 192 근처에서 두 값의 순서가 바뀝니다.
#
# ## 모든 블록 뒤에 둘 다
#
# 레슨 3에서는 오토인코더의 블록마다 뒤에 채널 어텐션을 붙였습니다. 이제 그 뒤에 공간 어텐션을 이어 붙입니다.
#
# ```text
# x ── conv 3×3 ── BN ── ReLU ── 채널 어텐션 ── 공간 어텐션 ──
#      └──── autoencoder_block ──┘            │
#      └────────── attention_block ───────────┘
# ```
#
# `autoencoder`는 `block`을 인수로 받으므로 신경망을 다시 작성할 필요가 없습니다.

# %% solution="attention_autoencoder"
def attention_autoencoder(input_shape, filters):
    """The autoencoder with channel attention, then spatial attention, behind every block.

    Steps:
        1. Write a block: attention_block, then spatial_attention with its default kernel.
        2. Hand it to `autoencoder`.

    Args:
        input_shape: (height, width, channels) of one image.
        filters: channels of each stage.

    Returns:
        keras.Model from images to images of the same shape, values in 0 to 1.

    ko: 블록마다 그 뒤에 채널 어텐션, 그다음 공간 어텐션을 둔 오토인코더.

    단계:
        1. 블록 작성하기: attention_block, 그다음 커널 크기가 기본값인 spatial_attention.
        2. 그 블록을 `autoencoder`에 넘기기.

    인수:
        input_shape: 이미지 한 장의 (height, width, channels).
        filters: 스테이지별 채널 수.

    반환값:
        이미지에서 같은 형태의 이미지를 내는 keras.Model, 값은 0부터 1까지.
    """
    ### BEGIN SOLUTION
    def block(x, filters, name):
        x = attention_block(x, filters, name)
        return spatial_attention(x, f"{name}_spatial")

    return autoencoder(input_shape, filters, block=block)
    ### END SOLUTION

# %% check="attention_autoencoder" points=5
check(attention_autoencoder)

# %% [markdown] lang="en"
# A small run first: the training loss of both networks, one seed. *Predict: which falls faster during the first epoch?*

# %% [markdown] lang="ko"
# 먼저 작게 해 봅시다. 시드(seed) 하나로 두 신경망의 훈련 손실(loss)을 비교합니다. **예상해 보세요. 첫 에포크(epoch)에서 더 빨리 내려가는
# 쪽은 어느 것일까요?**

# %% experiment
from functools import partial

from coursekit.experiments import IMAGE_SHAPE, Budget, classification, means_and_seeds, reconstruction, report
from coursekit.plots import comparison, curves

BUDGET = Budget(images=1_000, epochs=3, seeds=1, test_images=500)
# In full, with four networks and several seeds, it takes about 11 minutes on two cores:
# python experiments/lessons.py reconstruction
# ko: 신경망 네 개를 시드 여러 개로 모두 학습하면 코어 두 개에서 11분쯤 걸립니다:
# ko: python experiments/lessons.py reconstruction

builders = {
    "no attention": partial(autoencoder, IMAGE_SHAPE, (16, 32)),
    # ko: "어텐션 없음": partial(autoencoder, IMAGE_SHAPE, (16, 32)),
    "channel + spatial": partial(attention_autoencoder, IMAGE_SHAPE, (16, 32)),
    # ko: "채널 + 공간": partial(attention_autoencoder, IMAGE_SHAPE, (16, 32)),
}
runs = reconstruction(builders, data, BUDGET, watch=True)
for run in runs:
    print(f"{run.name}: {run.parameters:,} parameters, {run.seconds:.0f} s")
    # ko: print(f"{run.name}: 파라미터 {run.parameters:,}개, {run.seconds:.0f}초")
title = "One epoch is {} steps: after the first, the loss is {:.3f} without attention and {:.3f} with it"
# ko: title = "1에포크는 {}스텝입니다. 1에포크 뒤의 손실은 어텐션이 없으면 {:.3f}, 있으면 {:.3f}입니다"
title = title.format(-(-BUDGET.images // 128), *(run.history[0] for run in runs))
curves({run.name: [run.history] for run in runs}, title, "epoch", "training loss (mean squared error)")
# ko: curves({run.name: [run.history] for run in runs}, title, "에포크", "훈련 손실(평균 제곱 오차)")

# %% [markdown] lang="en"
# Both lines fall, that of the network with attention above the other. One reason is visible in any untrained attention:
# its scores lie around 0, so its gates lie around 0.5. Two of them let about a quarter through, and the network must
# first learn to open them. Whether that pays off, longer training tells: such a run comes with the course.

# %% [markdown] lang="ko"
# 선 두 개가 모두 내려가지만, 어텐션이 있는 쪽이 위에 있습니다. 그 이유 하나는 학습하지 않은 어텐션만 보아도 알 수
# 있습니다. 점수(score)가 0 근처에 있으므로 게이트는 0.5 근처입니다. 이런 게이트 두 개를 지나면 4분의 1쯤만 통과하므로,
# 신경망은 먼저 게이트를 여는 법부터 학습해야 합니다. 끝에 가서 그만한 보람이 있는지는 더 길게 학습해 보아야 알 수
# 있습니다. 강의에는 신경망 네 가지를 시드 여러 개로 학습한 결과가 들어 있습니다.

# %% experiment
errors = report("reconstruction", "no attention", 1000)
# ko: =
title = "The means differ by {:.2f}, the seeds of one network by up to {:.2f}".format(*means_and_seeds(errors))
# ko: title = "신경망의 평균끼리는 {:.2f}, 한 신경망의 시드끼리는 최대 {:.2f} 차이가 납니다".format(*means_and_seeds(errors))
comparison(errors, title, "1000 × mean squared error on the test images", better="lower")
# ko: comparison(errors, title, "테스트 이미지의 평균 제곱 오차 × 1000", better="lower")

# %% [markdown] lang="en"
# Each row is a network, each dot a seed, and further left is better. The dots of *one* row lie apart by chance alone.
# Where the interval of a printed difference contains 0, these seeds cannot tell the network from the one without
# attention.
#
# The next figure shows what seed 0 draws: pictures, both reconstructions, and which is nearer to the picture, white where
# attention is and black where it is not. *Predict: will you see a difference?*

# %% [markdown] lang="ko"
# 읽는 법은 이렇습니다. 한 줄이 신경망 하나, 점 하나가 시드 하나이고, 왼쪽일수록 좋습니다. 먼저 **한 줄 안에서** 점들이
# 얼마나 떨어져 있는지 보세요. 우연만으로도 그만큼 달라집니다. 그다음 출력된 차이를 읽습니다. 차이의 신뢰
# 구간에 0이 들어 있으면 이 시드들만으로는 어텐션이 없는 신경망보다 낫다고도
# 못하다고도 할 수 없습니다.
#
# 다음 그림은 시드 0이 그린 것입니다. 이미지, 두 신경망의 복원, 그리고 어느 쪽이 이미지에 더 가까운지를 차례로 보여 줍니다. 마지막
# 줄에서 흰색은 어텐션이 있는 쪽이, 검은색은 없는 쪽이 더 가까운 곳입니다. **예상해 보세요. 차이가 눈에 보일까요?**

# %% experiment
from coursekit.results import results_folder

with np.load(results_folder() / "reconstruction.npz") as pictures:
    shown, plain, attended = (pictures[name] / 255 for name in ("image", "no attention", "channel + spatial"))
    # ko: =
image_grid(
    {"image": shown, "no attention": plain, "both": attended, "both is nearer": abs(plain - shown) - abs(attended - shown)},
    # ko: {"이미지": shown, "no attention": plain, "둘 다 있음": attended, "둘 다 있는 쪽이 더 가까움": abs(plain - shown) - abs(attended - shown)},
    "Two reconstructions that differ in details, and neither is nearer everywhere",
    # ko: "두 그림은 세부가 다르지만, 어느 쪽도 모든 곳에서 더 가깝지는 않습니다",
    {"image": (0, 1), "no attention": (0, 1), "both": (0, 1), "both is nearer": (-0.2, 0.2)},
    # ko: {"이미지": (0, 1), "no attention": (0, 1), "둘 다 있음": (0, 1), "둘 다 있는 쪽이 더 가까움": (-0.2, 0.2)},
)

# %% [markdown] lang="en"
# Hardly any. Both rows lose the same fine things, prints and folds, and in the last row black and white lie side by side.
#
# ## Inside a residual block
#
# Where does attention go in a ResNet? At the end of the branch, **before the addition**:
#
# ```text
# x ──┬── conv ── BN ── ReLU ── conv ── BN ── channel ── spatial ──(+)── ReLU ── y
#     └─────────────────────── shortcut ───────────────────────────┘
# ```
#
# $$ y = \mathrm{ReLU}\big(\text{shortcut}(x) + M_s \odot M_c \odot F(x)\big) $$
#
# The other place, behind the addition, would gate the shortcut as well. Does that matter? Repeat lesson 2's trial of
# silent branches: set *all* weights to 0, so that the branch gives 0 and every gate is $\sigma(0) = 0.5$. *Predict:
# with two gates in each block, what is left of an image after four blocks, in one place and in the other?*

# %% [markdown] lang="ko"
# 거의 보이지 않습니다. 두 줄 모두 무늬와 주름 같은 자잘한 것을 똑같이 잃었고, 마지막 줄에는 검은색과 흰색이 섞여 있습니다.
#
# ## 잔차 블록(residual block) 안에서
#
# ResNet에서는 어텐션을 어디에 둘까요? 브랜치(branch)의 끝, **덧셈 앞**입니다.
#
# ```text
# x ──┬── conv ── BN ── ReLU ── conv ── BN ── 채널 ── 공간 ──(+)── ReLU ── y
#     └──────────────────────── 지름길 ──────────────────────┘
# ```
#
# $$ y = \mathrm{ReLU}\big(\text{shortcut}(x) + M_s \odot M_c \odot F(x)\big) $$
#
# 다른 후보는 덧셈 뒤입니다. 그러면 게이트가 지름길(shortcut)로 지나가는 값까지 줄입니다. 그것이 문제가 될까요? 레슨
# 2에서 해 본, 브랜치의 출력이 0인 실험을 다시 해 봅시다. 가중치를 **모두** 0으로 두면 브랜치는 0을 내고 게이트는 모두
# $\sigma(0) = 0.5$가 됩니다. **예상해 보세요. 게이트는 블록마다 두 개입니다. 블록 네 개를 지나면 이미지는 얼마나
# 남을까요? 어텐션을 넣는 두 자리를 각각 생각해 보세요.**

# %% solution="attention_residual_block"
def attention_residual_block(x, filters, stride, name):
    """A residual block whose branch passes both attentions before it is added.

    Steps:
        1. Branch as in `residual_block`: convolution, normalisation, ReLU, convolution, normalisation.
        2. Branch: channel_attention, then spatial_attention, both with their defaults.
        3. Shortcut as in `residual_block`.
        4. Add shortcut and branch, then ReLU.

    Args:
        x: feature map, (batch, height, width, channels).
        filters: number of output channels.
        stride: 1 keeps height and width, 2 halves them (rounded up).
        name: prefix of the layers' names.

    Returns:
        Feature map, (batch, height / stride, width / stride, filters).

    ko: 브랜치를 더하기 전에 두 어텐션을 모두 거치게 한 잔차 블록.

    단계:
        1. 브랜치는 `residual_block`에서처럼: 합성곱, 정규화, ReLU, 합성곱, 정규화.
        2. 브랜치에 channel_attention, 그다음 spatial_attention. 둘 다 기본값으로.
        3. 지름길은 `residual_block`에서처럼.
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
    branch = channel_attention(branch, f"{name}_channel")
    branch = spatial_attention(branch, f"{name}_spatial")
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{name}_shortcut_conv")(x)
        shortcut = layers.BatchNormalization(name=f"{name}_shortcut_bn")(shortcut)
    total = layers.Add(name=f"{name}_add")([shortcut, branch])
    return layers.ReLU(name=f"{name}_relu2")(total)
    ### END SOLUTION

# %% check="attention_residual_block" points=6
check(attention_residual_block)

# %% experiment
def attention_behind(x, filters, stride, name):
    """The same layers with both attentions in the other place: behind the addition.

    ko: 같은 층들이지만 두 어텐션이 덧셈 뒤에 있습니다.
    """
    x = residual_block(x, filters, stride, name)
    return spatial_attention(channel_attention(x, f"{name}_channel"), f"{name}_spatial")

def silent_stack(block, images, count=4):
    """The images behind 0, 1, ... `count` blocks whose weights are all 0.

    ko: 가중치가 모두 0인 블록을 0개, 1개, ... `count`개 지난 이미지
    """
    x = inputs = keras.Input((28, 28, 1))
    maps = [x := block(x, 1, 1, f"block{number}") for number in range(count)]
    model = keras.Model(inputs, maps)
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape))
    return [images, *(np.array(found) for found in model(images))]

coat = garments[4:5, ..., np.newaxis]
stacks = {"before the addition": attention_residual_block, "behind the addition": attention_behind}
# ko: stacks = {"덧셈 앞": attention_residual_block, "덧셈 뒤": attention_behind}
rows = {name: np.concatenate(silent_stack(block, coat)) for name, block in stacks.items()}
for name, maps in rows.items():
    print(f"{name}: of the brightest pixel is left", *(f"{shown.max() / coat.max():.4f}" for shown in maps))
    # ko: print(f"{name}: 가장 밝은 픽셀의 남은 밝기", *(f"{shown.max() / coat.max():.4f}" for shown in maps))
image_grid(rows, "After 0 to 4 silent blocks: with attention behind the addition the shortcut goes dark", (0, 1))
# ko: image_grid(rows, "브랜치의 출력이 0인 블록을 0개에서 4개까지 지난 뒤: 어텐션이 덧셈 뒤에 있으면 지름길이 어두워집니다", (0, 1))

# %% [markdown] lang="en"
# Upper row: five times the same coat. The shortcut is free, and a silent branch gives ReLU(x), as in lesson 2. In the
# lower row each block leaves a quarter, so it is 1/256 after four, black to the eye. The shortcut was meant to carry
# $x$ through untouched, and behind the addition every gate is in its way, for the gradient too.
#
# The SENet paper tried both places with channel attention in ResNet-50 on ImageNet (Table 14): 22.28 % top-1 error on the
# branch, **22.78 %** behind the addition. CBAM and ECA use the same place on the branch.
#
# The whole network is one line now.

# %% [markdown] lang="ko"
# 윗줄은 똑같은 코트 다섯 장입니다. 지름길을 막는 것이 없으므로, 레슨 2에서처럼 브랜치의 출력이 0이면 ReLU(x)가
# 나옵니다. 아랫줄은 블록을 지날 때마다 4분의 1이 되고, 네 개를 지나면 256분의 1이 되어 눈에는 검게 보입니다. 지름길은
# $x$를 그대로 전달하려고 둔 것인데, 어텐션을 덧셈 뒤에 두면 게이트마다 그 길을 막습니다. 거꾸로 오는 기울기에
# 대해서도 마찬가지입니다.
#
# SENet 논문은 ImageNet의 ResNet-50에서 채널 어텐션을 두 자리에 모두 두어 보았습니다(표 14). top-1 오류율이 브랜치에서는
# 22.28%, 덧셈 뒤에서는 **22.78**%였습니다. CBAM과 ECA도 브랜치의 같은 자리를
# 씁니다.
#
# 이제 신경망 전체는 한 줄이면 작성할 수 있습니다.

# %% solution="attention_resnet"
def attention_resnet(input_shape, blocks, filters, classes):
    """The ResNet made of attention_residual_block.

    Args:
        input_shape: (height, width, channels) of one image.
        blocks: number of blocks in each stage.
        filters: channels of each stage.
        classes: number of classes.

    Returns:
        keras.Model from images to probabilities, (batch, classes).

    ko: attention_residual_block으로 만든 ResNet.

    인수:
        input_shape: 이미지 한 장의 (height, width, channels).
        blocks: 스테이지별 블록 수.
        filters: 스테이지별 채널 수.
        classes: 클래스 수.

    반환값:
        이미지에서 확률 (batch, classes)를 내는 keras.Model.
    """
    ### BEGIN SOLUTION
    return resnet(input_shape, blocks, filters, classes, block=attention_residual_block)
    ### END SOLUTION

# %% check="attention_resnet" points=4
check(attention_resnet)

# %% [markdown] lang="en"
# Again a small run, one block a stage. *Predict: will attention start slower here too?*

# %% [markdown] lang="ko"
# 이번에도 작게 먼저 해 봅시다. 스테이지(stage)마다 블록은 하나입니다. **예상해 보세요. 여기서도 어텐션이 있는 쪽이
# 느리게 출발할까요?**

# %% experiment
BUDGET = Budget(images=1_000, epochs=3, seeds=1, test_images=500)
# In full, with two blocks a stage and more seeds, it takes about 26 minutes on two cores:
# python experiments/lessons.py classification
# ko: 스테이지마다 블록 두 개, 더 많은 시드로 모두 학습하면 코어 두 개에서 26분쯤 걸립니다:
# ko: python experiments/lessons.py classification

arguments = (IMAGE_SHAPE, (1, 1, 1), (8, 16, 32), 10)
builders = {"residual": partial(resnet, *arguments), "residual + attention": partial(attention_resnet, *arguments)}
# ko: builders = {"잔차": partial(resnet, *arguments), "잔차 + 어텐션": partial(attention_resnet, *arguments)}
runs = classification(builders, data, BUDGET, watch=True)
for run in runs:
    print(f"{run.name}: {run.parameters:,} parameters, {run.seconds:.0f} s")
    # ko: print(f"{run.name}: 파라미터 {run.parameters:,}개, {run.seconds:.0f}초")
title = "After {} epochs the training loss is {:.2f} without attention and {:.2f} with it"
# ko: title = "{}에포크 뒤의 훈련 손실은 어텐션이 없으면 {:.2f}, 있으면 {:.2f}입니다"
title = title.format(BUDGET.epochs, *(run.history[-1] for run in runs))
curves({run.name: [run.history] for run in runs}, title, "epoch", "training loss (cross-entropy)")
# ko: curves({run.name: [run.history] for run in runs}, title, "에포크", "훈련 손실(교차 엔트로피)")

# %% [markdown] lang="en"
# The line with attention is again the upper one: the shortcut is free, but the branches begin at about a quarter of
# their strength. Does it catch up? The run that comes with the course has 14 layers, ten times the images, and a plain
# network as a third.

# %% [markdown] lang="ko"
# 이번에도 어텐션이 있는 쪽의 선이 위에 있습니다. 지름길은 그대로이지만, 브랜치는 4분의 1쯤의 세기로 출발하기
# 때문입니다. 나중에는 따라잡을까요? 강의에 들어 있는 결과는 14층에 이미지가 열 배이고, 지름길이 없는 일반 신경망(plain
# network)도 함께 있습니다.

# %% experiment
accuracies = report("classification", "residual", 100)
title = "The means differ by {:.1f} points, the seeds of one network by up to {:.1f}".format(*means_and_seeds(accuracies))
# ko: title = "신경망의 평균끼리는 {:.1f}%p, 한 신경망의 시드끼리는 최대 {:.1f}%p 차이가 납니다".format(*means_and_seeds(accuracies))
comparison(accuracies, title, "accuracy on the test images (%)")
# ko: comparison(accuracies, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# Read it as before; here further right is better, and differences are taken from `residual`, the ResNet without
# attention.
#
# The means of the three networks lie closer together than the seeds of any one of them, and both intervals of
# differences contain 0. So these seeds show neither a gain nor a loss from attention, nor one from the shortcut.
#
# *Which* 10,000 images are in the test set is chance as well: at an accuracy of 90 % its standard error is
# $\sqrt{0.9 \cdot 0.1 / 10000} = 0.003$, that is 0.3 points.

# %% [markdown] lang="ko"
# 읽는 법은 앞과 같습니다. 이번에는 오른쪽일수록 좋고, 차이는 어텐션이 없는 ResNet인 "잔차"를 기준으로 구했습니다.
#
# 세 신경망의 평균은 한 신경망의 시드들보다 서로 더 가까이 있고, 차이의 신뢰 구간은 둘 다 0을 포함합니다. 따라서 이
# 시드들로는 어텐션의 이득도 손해도, 지름길의 효과도 드러나지 않습니다.
#
# 테스트 이미지 10,000장에 **어떤** 이미지가 뽑혔는가 하는 것도 우연입니다. 정확도가 90%일 때 이 우연의 표준 오차는
# $\sqrt{0.9 \cdot 0.1 / 10000} = 0.003$, 곧 0.3%p(퍼센트포인트)입니다.

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Here is lesson 3's channel attention with two faults from published code. With 64 channels and a ratio of 8 it has 4,160
# parameters instead of 1,096. *What, then, gets a gate of its own? Mend both faults without looking at your own.* `mend` says
# which aspects are right, but not what is wrong, and gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# In [DeepDanbooru](https://github.com/KichangKim/DeepDanbooru/issues/55) each layer read the map and overwrote the one before,
# so that only the last counted. [HiFuse](https://github.com/huoxiangzuo/HiFuse/issues/9) had a second sigmoid: all gates lay
# between 0.5 and 0.73.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다음은 레슨 3의 채널 어텐션인데 고장 난 곳이 두 군데 있고, 둘 다 공개된 코드에 있던 것입니다. 채널이 64개이고 `ratio`가 8이면
# 파라미터가 1,096개여야 하는데 4,160개입니다. **그렇다면 여기서 게이트를 하나씩 받는 것은 무엇일까요? 여러분의 답을 보지 말고
# 찾아서 고쳐 보세요.** `mend`는 어떤 측면이 맞는지만 알려 주고, 무엇이 틀렸는지는 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# [DeepDanbooru](https://github.com/KichangKim/DeepDanbooru/issues/55)에서는 층마다 맵을 다시 읽어 앞 층의 결과를 덮어썼기 때문에
# 마지막 층만 쓰였습니다. [HiFuse](https://github.com/huoxiangzuo/HiFuse/issues/9)에는 시그모이드가 하나 더 있어서 게이트가 모두
# 0.5와 0.73 사이에 있었습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(x, name, ratio=8):
    """Channel attention: a gate for each channel, from the averages of all.

    ko: 채널 어텐션. 모든 채널의 평균에서 채널마다 게이트를 구합니다.
    """
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    gates = layers.Dense(max(1, channels // ratio), activation="relu", name=f"{name}_reduce")(x)
    gates = layers.Dense(channels, activation="sigmoid", name=f"{name}_gates")(x)
    return layers.Multiply(name=f"{name}_scale")([x, ops.sigmoid(gates)])

mend(repaired, "channel_attention")

# %% [markdown] lang="en"
# ## Only a fifth
#
# Back to the question. `train_lookout(share=0.2)` charges for looking: as far as the mean of the gates exceeds 0.2, the
# excess is added to the loss. Which gates to shut is left to the network. We train it with two sizes of kernel.
#
# *Predict: where will the gates stay open? And what can a gate with k = 1 not do?*

# %% [markdown] lang="ko"
# ## 5분의 1만
#
# 처음 질문으로 돌아갑니다. `train_lookout(share=0.2)`는 보는 데 페널티를 줍니다. 게이트의 평균이 0.2를 넘으면
# 넘은 만큼을 손실에 더하는 것입니다. 어느 게이트를 닫을지는 신경망이 스스로 정합니다. 커널 크기 두 가지로 학습해
# 봅니다.
#
# **예상해 보세요. 게이트는 어디에 열려 있을까요? 그리고 k = 1인 게이트가 할 수 없는 일은 무엇일까요?**

# %% experiment
narrow, sparing = train_lookout(share=0.2, kernel_size=1), train_lookout(share=0.2)
scaled = test_images[:2_000, ..., np.newaxis] / np.float32(255)
maps = {}
for name, model in {"free, k = 7": free, "a fifth, k = 1": narrow, "a fifth, k = 7": sparing}.items():
# ko: for name, model in {"제한 없음, k = 7": free, "5분의 1, k = 1": narrow, "5분의 1, k = 7": sparing}.items():
    probabilities, gates = model.predict(scaled, verbose=0)
    right = np.mean(probabilities.argmax(axis=1) == test_labels[:2_000])
    print(f"{name:15} gates: mean {gates.mean():.2f}, largest {gates.max():.2f}   accuracy {right:.1%}")
    # ko: print(f"게이트: 평균 {gates.mean():.2f}, 최댓값 {gates.max():.2f}   정확도 {right:.1%}   {name}")
    maps[name] = model.predict(garments[..., np.newaxis], verbose=0)[1]
image_grid({"image": garments, **maps}, "Asked to save, the gates leave the inside and keep the outline", (0, 1))
# ko: image_grid({"이미지": garments, **maps}, "아껴 쓰게 하면 게이트는 속을 닫고 윤곽을 남깁니다", (0, 1))

# %% [markdown] lang="en"
# White is open, black is shut. The gates of the free network, in the second row, are nearly all white. Those with $k = 1$
# are an even dark grey with thin lines: a gate that sees one position turns everything down a little and hardly
# chooses. With $k = 7$, in the last row, the map is mostly black, with bright bands along shoulders, sleeves, trouser
# legs, soles and straps, often on one side of the garment only.
#
# The accuracies lie close together; with one seed and 2,000 images a point or two means nothing. Four fifths of the
# light could be taken away, and it did not show.
#
# **Cover a part.** The map is made anew for each picture, so it should move when the picture changes. The demo has your
# layer in a `lookout` that comes trained with the course, on three times the images, for each kernel size. Move the
# slider for the size of the cover to 12, and a black square covers one shoulder of the pullover. *Predict: what will
# the map do there?*
#
# <details><summary>The demo as a picture</summary>
#
# ![A pullover whose left shoulder is covered by a black square. The map of gates is bright along the outline, and along
# the cut that the square makes. Bars show the probability of each class.](spatial_gates.png)
#
# </details>

# %% [markdown] lang="ko"
# 흰색이 열린 곳, 검은색이 닫힌 곳입니다. 두 번째 줄(페널티 없음)은 거의 모두 흽니다. 세 번째 줄($k = 1$)은 균일하게
# 어두운 회색에 가는 선만 보입니다. 위치 하나만 보는 게이트는 전체를 조금씩 낮출 뿐 거의 고르지 못합니다. 마지막 줄($k =
# 7$)은 거의 검고, 어깨, 소매, 바짓가랑이, 밑창, 끈을 따라 밝은 띠가 있습니다. 띠는 옷의 한쪽에만 나타날 때가 많습니다.
#
# 정확도는 서로 비슷합니다. 이미지 2,000장에 시드 하나이므로 1~2%p 차이는 아무 의미가 없습니다. 즉
# 게이트로 맵의 5분의 4를 막은 영향은 정확도에 드러나지 않았습니다.
#
# **일부를 가려 봅시다.** 맵은 그림마다 새로 만들어지므로, 그림이 바뀌면 맵도 움직여야 합니다. 데모는 강의에 들어 있는 학습된
# `lookout`에 여러분의 층을 넣습니다. 이미지 세 배로, 커널 크기마다 따로 학습한 것입니다. 가리개 크기를 12로 옮기면 검은 정사각형이
# 풀오버의 한쪽 어깨를 가립니다. **예상해 보세요. 그곳에서 맵은 어떻게 될까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![왼쪽 어깨를 검은 정사각형으로 가린 풀오버입니다. 게이트 맵은 옷의 윤곽을 따라, 그리고 정사각형이 잘라 낸 선을 따라
# 밝습니다. 막대는 클래스별 확률입니다.](spatial_gates.png)
#
# </details>

# %% experiment
from coursekit import live

live.spatial_gates(spatial_attention)

# %% [markdown] lang="en"
# Under the cover the map goes dark, and the bright band now follows the cut, around a corner that no pullover has. So the
# network did not learn "shoulders" but *where something bright ends*. What it takes the pullover for changes with it.

# %% [markdown] lang="ko"
# 가린 곳의 맵은 어두워지고, 밝은 띠는 이제 잘린 선을 따라갑니다. 풀오버에는 없는 모서리까지 돌아갑니다. 그러니 이
# 신경망이 배운 것은 "어깨"가 아니라 **밝은 것이 끝나는 곳**입니다. 신경망이 이 풀오버를 어떤 클래스로 판단하는지도 함께
# 달라집니다.

# %% [markdown] lang="en"
# ## What the answer depends on
#
# The gates say what a network looked *through*. **Grad-CAM** ([Selvaraju et al.,
# 2017](https://arxiv.org/abs/1610.02391)) asks of any trained network what the *answer* depends on. Take the score $s$
# of a class before the softmax, and the last feature map $A$, here the one behind your gates. The gradient of $s$ by
# $A$, averaged over the positions, is a weight for each channel, and the map is what is positive in the weighted sum:
#
# $$ \alpha_c = \frac{1}{HW} \sum_{h,w} \frac{\partial s}{\partial A_{h,w,c}} \qquad\qquad
# G_{h,w} = \mathrm{ReLU}\Big( \sum_c \alpha_c A_{h,w,c} \Big) $$
#
# The next cell does that with the sparing network that you trained, for the class that it takes each garment for. In
# the last row it leaves the mean away. *Predict: will the maps be bright where the gates are?*

# %% [markdown] lang="ko"
# ## 답을 좌우하는 곳
#
# 게이트는 신경망이 **무엇을 통해** 보았는지 알려 줍니다. **Grad-CAM**([Selvaraju 등, 2017](https://arxiv.org/abs/1610.02391))은 다른
# 질문을, 학습된 어떤 신경망에든 던집니다. **답이** 무엇에 달려 있을까요? 소프트맥스(softmax)를 지나기 전의 클래스 점수 $s$와 마지막 특징
# 맵 $A$를 봅니다. 여기서 $A$는 여러분의 게이트 바로 뒤의 맵입니다. $A$에 대한 $s$의 기울기는 값 하나하나가 얼마나 중요한지 알려 줍니다.
# 이 기울기를 위치에 대해 평균하면 채널마다 가중치가 하나씩 나오고, 그 가중치로 채널을 더한 것 가운데 양수인 부분이 Grad-CAM 맵입니다.
#
# $$ \alpha_c = \frac{1}{HW} \sum_{h,w} \frac{\partial s}{\partial A_{h,w,c}} \qquad\qquad
# G_{h,w} = \mathrm{ReLU}\Big( \sum_c \alpha_c A_{h,w,c} \Big) $$
#
# 다음 셀은 여러분이 학습한, 게이트를 아껴 쓰는 신경망에서 이 맵을 구합니다. 클래스는 옷마다 신경망이 고른 것입니다. 마지막 줄은
# 평균을 내지 않은 맵입니다. **예상해 보세요. 게이트가 열린 곳에서 이 맵들도 밝을까요?**

# %% experiment
import tensorflow as tf

def grad_cam(model, images, mean=True):
    """What the score of the class that each image is taken for depends on, in the map behind the gates.

    Args: with `mean`, a gradient for each channel, as in the paper; without, each position has its own.
    Returns: (batch, height, width), from 0 to 1, the largest of each image.

    ko: 이미지마다 신경망이 고른 클래스의 점수가 게이트 뒤의 맵에서 어디에 달려 있는지

    인수: `mean`이면 논문처럼 채널마다 기울기 하나, 아니면 위치마다 그 위치의 기울기.
    반환값: (batch, height, width), 0부터 이미지마다 최댓값인 1까지.
    """
    squares, classes = model.get_layer("squares"), model.get_layer("classes")
    last = keras.Model(model.input, squares.input)(images)
    with tf.GradientTape() as tape:
        tape.watch(last)
        pooled = ops.reshape(squares(last), (len(images), -1))
        scores = ops.matmul(pooled, classes.kernel) + classes.bias  # before the softmax
        # ko: # 소프트맥스 앞
        chosen = ops.max(scores, axis=-1)
    slopes = tape.gradient(chosen, last)
    weights = ops.mean(slopes, axis=(1, 2), keepdims=True) if mean else slopes
    found = ops.relu(ops.sum(weights * last, axis=-1))
    return np.array(found / (ops.max(found, axis=(1, 2), keepdims=True) + 1e-9))

gates, shown = maps["a fifth, k = 7"], garments[..., np.newaxis]
# ko: gates, shown = maps["5분의 1, k = 7"], garments[..., np.newaxis]
cam, own = grad_cam(sparing, shown), grad_cam(sparing, shown, mean=False)
empty = (cam.max(axis=(1, 2)) == 0).sum()
title = f"Grad-CAM is empty for {empty} of {len(cam)} garments; gradients of single places light up a part of what the gates let through"
# ko: title = f"옷 {len(cam)}벌 가운데 {empty}벌에서 Grad-CAM이 비어 있고, 위치별 기울기는 게이트를 통과한 곳의 일부에서만 밝습니다"
image_grid({"image": garments, "gates": gates, "Grad-CAM": cam, "own gradients": own}, title, (0, 1))
# ko: image_grid({"이미지": garments, "게이트": gates, "Grad-CAM": cam, "위치별 기울기": own}, title, (0, 1))

# %% [markdown] lang="en"
# Empty maps are no error here. Grad-CAM gives a channel one weight for all positions, which suits networks that end in
# global average pooling. `lookout` has weights of its own for each square: a channel speaks for a coat in one square and
# against it in another, and their mean comes out negative. In the last row each position keeps its own gradient. As
# everything behind $A$ is a sum, it shows exactly which places add to the score. They lie where the gates are open, but
# by no means at every open gate.
#
# **Neither map is an explanation.** Gates say what got through, not what was used. Gradients say what one class's score
# depends on, for small changes. Some maps look convincing even when the weights are random ([Adebayo et al.,
# 2018](https://arxiv.org/abs/1810.03292)). To learn what an answer needs, change the picture, as with the cover above.

# %% [markdown] lang="ko"
# 여기서 맵이 비어 있는 것은 오류가 아닙니다. Grad-CAM은 한 채널에 모든 위치에서 똑같은 가중치를 줍니다. 이 방법은 전역 평균
# 풀링(global average pooling)으로 끝나는 신경망에 알맞습니다. 반면 `lookout`에는 영역마다 가중치가 따로 있습니다. 한 채널이 어떤
# 영역에서는 코트의 점수를 올리고 다른 영역에서는 내리는데, 그 평균이 음수가 되는 것입니다. 마지막 줄에서는 위치마다 그 위치의 기울기를 씁니다. $A$ 뒤의 계산은 모두
# 덧셈이므로, 이 맵은 어느 위치가 점수를 올리는지 정확히 보여 줍니다. 그런 위치는 게이트가 열린 곳에 있지만, 열린 게이트라고 모두
# 점수를 올리지는 않습니다.
#
# **두 맵 모두 설명은 아닙니다.** 게이트는 무엇이 통과했는지 알려 줄 뿐, 무엇이 쓰였는지는 알려 주지 않습니다.
# 기울기는 한 클래스의 점수가 무엇에 달려 있는지 알려 주지만, 작은 변화에 대해서만 그렇습니다. 그리고 신경망의 가중치가 무작위일 때도
# 그럴듯해 보이는 맵이 있습니다([Adebayo 등, 2018](https://arxiv.org/abs/1810.03292)). 답에 무엇이 필요한지 알려면 위에서 가려 본
# 것처럼 그림을 바꾸어 보아야 합니다.

# %% [markdown] lang="en"
# ## Where it looks
#
# In numbers: the next cell divides 2,000 pictures into background, rim (cloth within three pixels of the
# background) and core (the rest of the cloth), and takes the mean gate of each part. The figure lays the map over one
# picture of each kind.

# %% [markdown] lang="ko"
# ## 어디를 보는가
#
# 숫자로도 확인해 봅시다. 다음 셀은 이미지 2,000장을 배경, 테두리(배경에서 3픽셀 안에 있는 옷 영역), 속(나머지 옷
# 영역)으로 나누고 부분마다 게이트의 평균을 냅니다. 그림은 클래스마다 한 장씩 맵을 겹쳐서 보여 줍니다.

# %% experiment
cloth = (scaled > 0.1).astype("float32")
core = np.array(ops.max_pool(1 - cloth, 7, 1, "same"))[..., 0] == 0  # no background within three pixels
# ko: # 세 픽셀 안에 배경이 없는 곳
cloth = cloth[..., 0] > 0
parts = {"background": ~cloth, "rim": cloth & ~core, "core": core}
# ko: parts = {"배경": ~cloth, "테두리": cloth & ~core, "속": core}
print("share of the positions:", *(f"{name} {part.mean():.0%}  " for name, part in parts.items()))
# ko: print("위치의 비율:", *(f"{name} {part.mean():.0%}  " for name, part in parts.items()))
for name, model in {"free, k = 7": free, "a fifth, k = 1": narrow, "a fifth, k = 7": sparing}.items():
# ko: for name, model in {"제한 없음, k = 7": free, "5분의 1, k = 1": narrow, "5분의 1, k = 7": sparing}.items():
    gates = model.predict(scaled, verbose=0)[1]
    print(f"mean gate, {name:15}", *(f"{part} {gates[where].mean():.2f}  " for part, where in parts.items()))
    # ko: print(f"게이트 평균, {name}:", *(f"{part} {gates[where].mean():.2f}  " for part, where in parts.items()))
attention_overlay(garments, maps["a fifth, k = 7"], "If it may look at a fifth of the picture, it looks at the rim of things")
# ko: attention_overlay(garments, maps["5분의 1, k = 7"], "이미지의 5분의 1만 볼 수 있으면 물건의 테두리를 봅니다")

# %% [markdown] lang="en"
# **The answer: at the rim.** It looks at the shoulder of the coat, the gap between the trouser legs, the upper edge of
# the shoe and the strap of the bag, hardly at the background, and far less at the core. With $k = 1$ rim and core get
# much the same gates: to know that something ends here, a gate must see beside it.
#
# ## What was found
#
# - **Charged for looking, the gates keep the rim.** So they did with each of the four seeds that we tried with $k = 7$
#   and a fifth; only the *side* of the garment changed with the seed. Uncharged, they stay open everywhere.
# - **Attention belongs on the branch.** Behind the addition its gates shut the shortcut as well, which the silent
#   branches show exactly.
# - **Whether attention helps**, the two tables do not tell. For the ResNet they show no difference. For the autoencoder
#   the mean error is lower with each kind of attention, but all three intervals contain 0. In lesson 12, with all 60,000
#   images and ten seeds, a small ResNet with both attentions is behind the same network without, by 0.30 points,
#   probably because of the start that you have just seen.
#
# **What this does not show.** Three or four seeds are too few to tell a small gain, the networks are small and the
# training short, and a garment in the middle of a black picture leaves little to look away from: in the SENet paper
# channel attention lowers ResNet-50's top-1 error on ImageNet from 24.80 % to 23.29 % (Table 2; lesson 3's
# tables are of another training). And a map shows what this network does, not what is right to look at: with `share=0.1` ours turned inside out and looked at the background,
# whose shape gives the garment away, too.
#
# `progress()` shows what you have finished.

# %% [markdown] lang="ko"
# **답은 테두리입니다.** 코트의 어깨, 바짓가랑이 사이의 틈, 신발의 위쪽 테두리, 가방의 끈을 봅니다. 배경은 거의 보지
# 않고, 속은 테두리보다 훨씬 덜 봅니다. $k = 1$이면 테두리와 속의 게이트가 거의 같습니다. 어떤 위치에서 무언가 끝난다는
# 것을 알려면 그 옆을 보아야 하기 때문입니다.
#
# ## 알아낸 것
#
# - **보는 데 페널티를 주면 게이트는 테두리를 남깁니다.** $k = 7$, `share=0.2`로 학습한 시드 네 개에서 모두 그랬고, 옷의 **어느
#   쪽**을 보는지만 시드마다 달랐습니다. 페널티가 없으면 어디서나 열려 있습니다.
# - **어텐션의 자리는 브랜치입니다.** 덧셈 뒤에 두면 게이트가 지름길까지 막습니다. 출력이 0인 브랜치로 정확히 확인한 결과입니다.
# - **어텐션이 도움이 되는지**는 두 표만으로는 알 수 없습니다. ResNet에서는 차이가 드러나지 않았습니다.
#   오토인코더에서는 어느 어텐션이든 평균 오차가 낮아졌지만, 세 신뢰 구간에 모두 0이 들어 있습니다. 레슨 12에서는 이미지
#   60,000장 모두와 시드 열 개로 다시 묻습니다. 거기서는 두 어텐션을 넣은 작은 ResNet이 넣지 않은 것보다 0.30%p 뒤처지는데, 아마 방금 본
#   출발점 때문일 것입니다.
#
# **아직 알 수 없는 것.** 시드 서너 개로는 작은 이득을 알아볼 수 없고, 신경망이 작고 학습이 짧으며, 검은 바탕 한가운데에 옷이 있는 그림에는
# 무시해야 할 것이 별로 없습니다. SENet 논문에서는 채널 어텐션이 ImageNet에서 ResNet-50의 top-1 오류율을 24.80%에서 23.29%로
# 낮춥니다(표 2. 레슨 3의 표와는 학습 방법이 다릅니다). 그리고 맵은 이 신경망이 하는 일을 보여 줄 뿐, 어디를 보는 것이 옳은지 말해
# 주지 않습니다. `share=0.1`로 해 보세요. 우리가 했을 때는 맵의 안팎이 뒤바뀌어 배경을 보았습니다. 배경의 모양으로도 옷을 알 수 있기
# 때문입니다.
#
# 지금까지 마친 것은 `progress()`로 볼 수 있습니다.

# %% [markdown] lang="en"
# ## Quiz
#
# **1.** A map has the shape (batch, 14, 14, 128). How many parameters has `spatial_attention` with $k = 5$? What is the shape
# of its gates, and what was squeezed?
#
# <details><summary>Answer</summary>
#
# 5 · 5 · 128 + 1 = 3,201. The gates have the shape (batch, 14, 14, 1). The channels were squeezed: the gate
# can tell positions apart, and channels no longer.
#
# </details>
#
# **2.** A colleague writes `activation="softmax"` in the convolution to one channel. Training runs without an error, and the
# results are those of the network without attention. Why?
#
# <details><summary>Answer</summary>
#
# Softmax divides by the sum over the last axis. That axis has length 1, so each gate is divided by itself: all gates are 1,
# whatever the weights, and the gradient to them is 0.
#
# </details>
#
# **3.** A ResNet with attention reaches 90.4 % on the 10,000 test images, the same without reaches 90.0 %. One run each. What
# do you say to "attention brings 0.4 points"?
#
# <details><summary>Answer</summary>
#
# One run each shows neither what another seed nor what other test images would give: the sampling error of each accuracy
# alone is 0.3 points. Run several seeds of both, and look whether the interval of the difference contains 0.
#
# </details>

# %% [markdown] lang="ko"
# ## 퀴즈
#
# **1.** 맵의 형태가 (batch, 14, 14, 128)입니다. $k = 5$인 `spatial_attention`의 파라미터는 몇 개일까요? 게이트의 형태는 무엇이고,
# 무엇을 스퀴즈했나요?
#
# <details><summary>답</summary>
#
# 5 · 5 · 128 + 1 = 3,201개입니다. 게이트의 형태는 (batch, 14, 14, 1)입니다. 스퀴즈한 것은 채널입니다. 그래서
# 위치는 구별하지만 채널은 더 이상 구별하지 못합니다.
#
# </details>
#
# **2.** 동료가 채널 하나짜리 합성곱에 `activation="softmax"`를 썼습니다. 오류 없이 학습되는데 결과는 어텐션이 없는 신경망과 같습니다.
# 왜 그럴까요?
#
# <details><summary>답</summary>
#
# 소프트맥스는 마지막 축의 합으로 나눕니다. 그 축의 길이가 1이라 게이트를 자기 자신으로 나누게 됩니다. 가중치가 무엇이든
# 게이트는 모두 1이고, 가중치로 가는 기울기는 0입니다.
#
# </details>
#
# **3.** 테스트 이미지 10,000장에서 어텐션이 있는 ResNet은 90.4%, 없는 것은 90.0%였습니다. 한 번씩만 학습했습니다.
# "어텐션으로 0.4%p 올랐다"는 말에 무엇이라고 답하겠습니까?
#
# <details><summary>답</summary>
#
# 한 번씩만으로는 시드가 달랐다면 어땠을지, 테스트 이미지가 달랐다면 어땠을지 알 수 없습니다. 정확도 하나의 표본 오차만
# 해도 0.3%p입니다. 둘 다 여러 시드로 학습하고, 차이의 신뢰 구간에 0이 들어 있는지 보아야 합니다.
#
# </details>

# %% [markdown] lang="en"
# ## What to read
#
# - The [tutorial](https://velog.io/@hyeon-ii/Attention) (in Korean) whose three steps you wrote.
# - Roy, Navab and Wachinger, [Concurrent Spatial and Channel "Squeeze & Excitation" in Fully Convolutional
#   Networks](https://arxiv.org/abs/1803.02579), 2018.
# - Woo, Park, Lee and Kweon, [CBAM: Convolutional Block Attention Module](https://arxiv.org/abs/1807.06521), 2018.
# - Hu, Shen, Albanie, Sun and Wu, [Squeeze-and-Excitation Networks](https://arxiv.org/abs/1709.01507), 2017: Table 14
#   for the place in the block.
# - Selvaraju et al., [Grad-CAM](https://arxiv.org/abs/1610.02391), 2017; Adebayo et al., [Sanity Checks for Saliency
#   Maps](https://arxiv.org/abs/1810.03292), 2018.
#
# Shut down this kernel before the next lesson: *Kernel → Shut Down Kernel*.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - 여러분이 작성한 세 단계가 나온 [튜토리얼](https://velog.io/@hyeon-ii/Attention).
# - Roy, Navab, Wachinger, [Concurrent Spatial and Channel "Squeeze & Excitation" in Fully Convolutional
#   Networks](https://arxiv.org/abs/1803.02579), 2018.
# - Woo, Park, Lee, Kweon, [CBAM: Convolutional Block Attention Module](https://arxiv.org/abs/1807.06521), 2018.
# - Hu, Shen, Albanie, Sun, Wu, [Squeeze-and-Excitation Networks](https://arxiv.org/abs/1709.01507), 2017. 블록 안의 자리를 비교한
#   표 14가 있습니다.
# - Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra,
#   [Grad-CAM](https://arxiv.org/abs/1610.02391), 2017. 그리고 Adebayo, Gilmer, Muelly,
#   Goodfellow, Hardt, Kim, [Sanity Checks for Saliency
#   Maps](https://arxiv.org/abs/1810.03292), 2018. 그럴듯해 보이는 맵이 신경망에 대해 아무것도 말해 주지 않을 수 있음을
#   보입니다.
#
# 다음 레슨으로 가기 전에 이 커널을 종료하세요: *Kernel → Shut Down Kernel*.
