# %% [markdown] lang="en"
# # Which channels to listen to
#
# **Can a network learn which of its own channels to listen to?** A convolution mixes its channels with weights that
# are fixed once training is over, the same for a boot and for a shirt. **Channel attention** looks at the feature map
# first and then decides, for this image, how much of each channel to let through. The last figure of this lesson
# shows what a trained network makes of that freedom.
#
# Five exercises, 19 points, about <!-- minutes --> minutes. You write the `channel_attention` of the
# [tutorial](https://velog.io/@hyeon-ii/Attention) that this course follows, then the same idea as three well-known
# networks have it, and put it into the autoencoder of lesson 1.

# %% [markdown] lang="ko"
# # 어떤 채널에 귀를 기울일까
#
# **신경망은 자기 채널 가운데 어느 것에 귀를 기울일지 스스로 배울 수 있을까요?** 합성곱(convolution)이 채널을 섞는
# 가중치는 학습이 끝나면 고정되므로, 부츠를 볼 때나 셔츠를 볼 때나 똑같습니다. 반면 **채널 어텐션**(channel attention)은
# 먼저 특징 맵(feature map)을 살펴보고, 지금 이 이미지에서 각 채널을 얼마나 통과시킬지 정합니다. 학습한 신경망이 이
# 자유를 어떻게 쓰는지는 레슨의 마지막 그림에서 드러납니다.
#
# 연습 문제 5개, 19점, 약 <!-- minutes -->분 분량입니다. 이 강의가 따르는
# [튜토리얼](https://velog.io/@hyeon-ii/Attention)의 `channel_attention`을 작성한 다음, 널리 쓰이는 세 신경망이 같은 아이디어를 어떻게
# 구현했는지 작성해 보고, 레슨 1의 오토인코더에 넣습니다.

# %% [markdown] lang="en"
# **After this lesson** you can write a gate for each channel in four published forms, and test whether a network uses
# its gates. **You need** lesson 1; lesson 2 for the idea of a branch.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 채널마다 값을 곱하는 층을 논문의 네 가지 형태로 작성하고, 신경망이 그것을 정말 쓰는지
# 확인할 수 있습니다. **먼저** 레슨 1을 마치고, 레슨 2의 구조를 알아야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("3-channel-attention")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## Four microphones
#
# Four microphones record one speaker, and one of them is broken, not always the same one. Here the speaker is a
# garment: in the next figure each column is one test image and each row one channel. Three channels are slightly
# noisy copies of the garment, and one, depending on the image, is static.
#
# *Predict: a 1×1 convolution mixes the four channels with four fixed weights into one clean picture. Which weights
# would you give it?*

# %% [markdown] lang="ko"
# ## 마이크 네 개
#
# 마이크 네 개로 한 사람의 말을 녹음하는데, 그 가운데 하나는 고장이 났고 어느 것이 고장인지는 그때그때 다릅니다. 여기서는 말하는 사람
# 대신 옷이 있습니다. 다음 그림에서 각 열은 테스트 이미지 한 장, 각 행은 채널 하나입니다. 채널 셋은 잡음이 조금 섞인
# 옷의 사본이고, 나머지 하나는 지직거리는 잡음뿐입니다. 어느 채널이 잡음뿐인지는 이미지에 따라 다릅니다.
#
# **예상해 보세요. 1×1 합성곱은 고정된 가중치 네 개로 네 채널을 섞어 깨끗한 그림 한 장을 만들어야 합니다. 여러분이라면
# 가중치를 어떻게 정하겠습니까?**

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist
from coursekit.plots import comparison, curves, gate_bars, image_grid, summary

(x_train, _), (x_test, y_test) = load_fashion_mnist()

def four_microphones(images, seed):
    """Four noisy copies of each image, half as high and wide, one of them replaced by static.

    Returns: what is heard, (batch, 14, 14, 4); clean, (batch, 14, 14, 1); which channel is broken, (batch,).

    ko: 이미지마다 높이와 너비를 반으로 줄인 뒤 잡음을 넣어 네 번 복사하고, 그 가운데 하나를 잡음으로만 채웁니다.

    반환값: 들리는 것 (batch, 14, 14, 4), 깨끗한 것 (batch, 14, 14, 1), 고장 난 채널의 번호 (batch,).
    """
    rng = np.random.default_rng(seed)
    clean = images[:, ::2, ::2, np.newaxis].astype("float32") / 255
    shape = (*clean.shape[:3], 4)
    copies = clean + 0.1 * rng.standard_normal(shape, dtype="float32")
    static = rng.uniform(0, 2, shape).astype("float32")
    broken = rng.integers(4, size=len(images))
    return np.where(np.arange(4) == broken[:, None, None, None], static, copies), clean, broken

heard, clean, broken = four_microphones(x_test[:300], seed=1)
image_grid(
    {f"channel {channel}": heard[:6, ..., channel] for channel in range(4)},
    # ko: {f"채널 {channel}": heard[:6, ..., channel] for channel in range(4)},
    title="Which channel is broken depends on the image: no fixed weights can suit them all",
    # ko: title="고장 난 채널이 이미지에 따라 다르므로, 어떤 고정된 가중치도 모든 이미지에 맞을 수 없습니다",
    value_range=(0, 1),
)

# %% [markdown] lang="en"
# <details><summary>The weights</summary>
#
# No channel is better than another on average, so fixed weights end up nearly equal, and a share of the static stays
# in every picture. What is needed are weights that depend on the image: **gates**.
# </details>
#
# ## Squeeze, excite, scale
#
# Channel attention turns a feature map $x$ into a map $y$ of the same shape:
#
# $$z_c = \frac{1}{HW}\sum_{h,w} x_{hwc} \qquad s = \sigma\big(W_2\,\mathrm{ReLU}(W_1 z + b_1) + b_2\big) \qquad
# y_{hwc} = s_c\, x_{hwc}$$
#
# These are the tutorial's six steps, with $m$ = max(1, channels // ratio) units in the middle:
#
# | no. | step | shape after it | 14 × 14 × 64, ratio 8 | weights |
# |---|---|---|---|---|
# | | input | (batch, h, w, c) | 14 × 14 × 64 | |
# | 1 | global average pooling | (batch, c) | 64 | none |
# | 2 | fully connected layer 1 | (batch, m) | 8 | c·m + m |
# | 3 | ReLU | (batch, m) | 8 | none |
# | 4 | fully connected layer 2 | (batch, c) | 64 | m·c + c |
# | 5 | sigmoid | (batch, c), in (0, 1) | 64 | none |
# | | two axes of length 1 | (batch, 1, 1, c) | 1 × 1 × 64 | none |
# | 6 | element-wise multiplication | (batch, h, w, c) | 14 × 14 × 64 | none |
#
# Step 1 averages over *height and width*, so these are squeezed, and the name says what gets a gate. (The tutorial has
# the two the other way round.)

# %% [markdown] lang="ko"
# <details><summary>가중치의 답</summary>
#
# 평균적으로는 어느 채널도 다른 채널보다 낫지 않습니다. 그래서 고정된 가중치는 거의 같은 값이 되고, 어느 그림에나 잡음의
# 일부가 남습니다. 필요한 것은 이미지에 따라 달라지는 가중치, 곧 **게이트**(gate)입니다.
# </details>
#
# ## 스퀴즈(squeeze), 엑사이테이션(excitation), 스케일(scale)
#
# 채널 어텐션은 특징 맵 $x$를 같은 형태의 맵 $y$로 바꿉니다. 채널마다 요약하고(스퀴즈), 게이트를 구하고(엑사이테이션),
# 곱합니다(스케일).
#
# $$z_c = \frac{1}{HW}\sum_{h,w} x_{hwc} \qquad s = \sigma\big(W_2\,\mathrm{ReLU}(W_1 z + b_1) + b_2\big) \qquad
# y_{hwc} = s_c\, x_{hwc}$$
#
# 튜토리얼의 여섯 단계로 쓰면 다음과 같습니다. 가운데의 유닛 수는 $m$ = max(1, channels // ratio)입니다.
#
# | 번호 | 단계 | 지난 뒤의 형태 | 14 × 14 × 64, ratio 8 | 가중치 |
# |---|---|---|---|---|
# | | 입력 | (batch, h, w, c) | 14 × 14 × 64 | |
# | 1 | 전역 평균 풀링(global average pooling) | (batch, c) | 64 | 없음 |
# | 2 | 완전 연결층(fully connected layer, `Dense`) 1 | (batch, m) | 8 | c·m + m |
# | 3 | ReLU | (batch, m) | 8 | 없음 |
# | 4 | Dense 층 2 | (batch, c) | 64 | m·c + c |
# | 5 | 시그모이드(sigmoid) | (batch, c), 0과 1 사이 | 64 | 없음 |
# | | 길이가 1인 축 두 개 넣기 | (batch, 1, 1, c) | 1 × 1 × 64 | 없음 |
# | 6 | 원소별(element-wise) 곱셈 | (batch, h, w, c) | 14 × 14 × 64 | 없음 |
#
# 1단계는 **높이와 너비**를 따라 평균을 내므로 스퀴즈되는 것은 높이와 너비이고, 남는 것이 채널입니다. 채널 어텐션이라는 이름은 무엇에
# 게이트를 다는지를 가리킵니다. (튜토리얼에는 두 방향이 서로 바뀌어 있습니다.)

# %% [markdown] lang="en"
# **Step 1 by hand.** The next cell averages each channel of six garments and prints the four means. *Predict: can you
# tell from four numbers which microphone is broken?* Steps 2 to 5 are replaced by a rule of thumb: a mean above 0.8
# closes the gate.
#
# **Step 6 by hand.** The cell then multiplies, first the wrong way, then the right one. Shapes are lined up from the
# right, so gates of shape (6, 4) meet width and channels; two axes of length 1 put each gate over a whole channel.

# %% [markdown] lang="ko"
# **1단계를 손으로.** 다음 셀은 옷 여섯 벌에서 채널마다 평균을 내어 네 개씩 출력합니다. **예상해 보세요. 숫자 네 개만
# 보고 어느 마이크가 고장인지 알 수 있을까요?** 2~5단계는 간단한 규칙으로 대신합니다. 평균이 0.8보다 크면 게이트를
# 닫습니다.
#
# **6단계를 손으로.** 이어서 곱셈을 합니다. 먼저 틀린 방법, 다음에 옳은 방법입니다. 브로드캐스팅(broadcasting)은 형태를
# 오른쪽 끝부터 맞추므로, 형태가 (6, 4)인 게이트는 너비 축과 채널 축에 맞추어집니다. 길이가 1인 축 두 개를 넣으면 게이트
# 하나가 채널 전체에 곱해집니다.

# %% experiment
few = heard[:6]
z = few.mean(axis=(1, 2))
by_hand = np.where(z > 0.8, 0.0, 1.0)
for label, means, row, channel in zip(y_test, z, by_hand, broken):
    print(f"{CLASS_NAMES[label]:12} means {means.round(2)}   gates {row}   broken: channel {channel}")
    # ko: print(f"{CLASS_NAMES[label]:12} 평균 {means.round(2)}   게이트 {row}   고장: 채널 {channel}")
try:
    few * by_hand
except ValueError as error:
    print("\nwrong:", error)
    # ko: print("\n틀림:", error)
print("right:", few.shape, "*", by_hand[:, None, None, :].shape, "->", (few * by_hand[:, None, None, :]).shape)
# ko: print("맞음:", few.shape, "*", by_hand[:, None, None, :].shape, "->", (few * by_hand[:, None, None, :]).shape)

# %% [markdown] lang="en"
# The mean is enough: static is bright, about 1. For the channels of a real network there is no rule of thumb, so
# steps 2 to 5 learn one:
#
# - **Two layers with few units between them**, a *bottleneck*: a channel's gate may depend on all the others, at little
#   cost. It is built [like an autoencoder](https://cocoinit23.com/keras-channel-attention-spatial-attention/) (lesson
#   1), but gives gates, not the means again.
# - **ReLU** between them: two linear layers in a row are one linear layer.
# - **Sigmoid**, not softmax: channels do not compete, and any number of them may be open. Hu et al. (their Table 12,
#   ResNet-50, top-1 error) measured 22.28 % with the sigmoid, 23.00 % with tanh, 23.47 % with ReLU, and 23.30 %
#   without attention.
#
# ## Exercise 1: channel_attention
#
# While a network is built, `x` is symbolic: it has a shape but no numbers yet, so use layers or `keras.ops`, not
# NumPy and not `tf.nn`. `hint("channel_attention")` helps in three steps.

# %% [markdown] lang="ko"
# 평균이면 충분합니다. 잡음은 밝아서 평균이 1쯤 되기 때문입니다. 진짜 신경망의 채널에는 이런 간단한 규칙이 없으므로,
# 2~5단계에서 규칙을 학습합니다. 단계마다 이유가 있습니다.
#
# - **층 두 개와 그 사이의 적은 유닛**, 곧 **병목**(bottleneck): 한 채널의 게이트를 정할 때 다른 모든 채널을
#   참고하면서도 비용이 적습니다. 레슨 1의 [오토인코더와 구조가 비슷하지만](https://cocoinit23.com/keras-channel-attention-spatial-attention/),
#   채널의 평균을 복원하는 대신 게이트를 냅니다.
# - 그 사이의 **ReLU**: 선형인 층 두 개를 이어 붙이면 선형인 층 하나와 같습니다.
# - 소프트맥스(softmax)가 아니라 **시그모이드**: 채널끼리 경쟁하지 않고 몇 개든 열릴 수 있습니다. Hu 등의 논문 표 12(ResNet-50,
#   top-1 오류율)를 보면 시그모이드는 22.28%, tanh는 23.00%, ReLU는 23.47%, 어텐션이 없을 때는 23.30%입니다.
#
# ## 연습 문제 1: channel_attention
#
# 여섯 단계를 Keras 층으로 작성합니다. 신경망을 만드는 동안 `x`는 형태만 있고 값은 없는 기호 텐서입니다. 그러므로
# NumPy나 `tf.nn`이 아니라 층이나 `keras.ops`를 씁니다. 막히면 `hint("channel_attention")`이 세 단계로 도와줍니다.

# %% solution="channel_attention"
def channel_attention(x, name, ratio=8):
    """Scale every channel by how much it matters for this image.

    Steps:
        1. Global average pooling: (batch, height, width, channels) to (batch, channels).
        2. Fully connected layer to channels // ratio units, at least 1.
        3. ReLU.
        4. Fully connected layer back to `channels` units.
        5. Sigmoid: one gate between 0 and 1 for each channel.
        6. Multiply x by its gates, channel by channel.

    Args:
        x: feature map, (batch, height, width, channels).
        name: prefix of the layers' names.
        ratio: reduction ratio of the bottleneck.

    Returns:
        Feature map of the same shape.

    ko: 이 이미지에서 얼마나 중요한지에 따라 채널마다 크기를 조절합니다.

    단계:
        1. 전역 평균 풀링: (batch, height, width, channels)에서 (batch, channels)로.
        2. 유닛이 channels // ratio개(적어도 1개)인 Dense 층.
        3. ReLU.
        4. 유닛이 다시 `channels`개인 Dense 층.
        5. 시그모이드: 채널마다 0과 1 사이의 게이트 하나.
        6. x에 게이트를 채널별로 곱하기.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        name: 층 이름의 앞부분.
        ratio: 병목의 축소 비율.

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    channels = x.shape[-1]
    squeezed = layers.GlobalAveragePooling2D(name=f"{name}_squeeze")(x)
    hidden = layers.Dense(max(1, channels // ratio), activation="relu", name=f"{name}_reduce")(squeezed)
    gates = layers.Dense(channels, activation="sigmoid", name=f"{name}_gates")(hidden)
    gates = layers.Reshape((1, 1, channels), name=f"{name}_reshape")(gates)
    return layers.Multiply(name=f"{name}_scale")([x, gates])
    ### END SOLUTION

# %% check="channel_attention" points=5
check(channel_attention)

# %% [markdown] lang="en"
# ## What it costs
#
# Only the two dense layers have weights. With $m$ = max(1, C // r):
#
# $$C m + m + m C + C = 2Cm + m + C$$
#
# *Predict, on paper: C = 64 and r = 8.* The next cell counts the parameters of your function for several ratios.

# %% [markdown] lang="ko"
# ## 비용은 얼마나 들까
#
# 가중치가 있는 것은 Dense 층 두 개뿐입니다. $m$ = max(1, C // r)이면 다음과 같습니다.
#
# $$C m + m + m C + C = 2Cm + m + C$$
#
# **종이에 계산하면서 예상해 보세요. C = 64, r = 8이면 몇 개일까요?** 다음 셀은 ratio를 바꾸어 가며 여러분이 작성한
# 함수의 파라미터를 셉니다.

# %% experiment
from autograder import predict

predict("gates_of_64")

# %% experiment
def parameters(block, channels, *arguments, **options):
    """How many parameters a block has on a map with this many channels.

    ko: 채널이 이만큼인 맵에서 블록의 파라미터 수
    """
    x = keras.Input((8, 8, channels))
    return keras.Model(x, block(x, *arguments, **options)).count_params()

channels = 64
for ratio in (1, 2, 4, 8, 16, 32, 64, 128):
    m = max(1, channels // ratio)
    counted = parameters(channel_attention, channels, "a", ratio=ratio)
    print(f"ratio {ratio:3}: {m:2} units   formula {2 * channels * m + m + channels:6,}   counted {counted:6,}")
    # ko: print(f"ratio {ratio:3}: 유닛 {m:2}개   공식 {2 * channels * m + m + channels:6,}   실제 {counted:6,}")

# %% [markdown] lang="en"
# <details><summary>C = 64, r = 8</summary>
#
# m = 8, so 2 · 64 · 8 + 8 + 64 = **1,096**. A 3×3 convolution from 64 to 64 channels has 36,928.
# </details>
#
# Which ratio is right? Hu et al. trained ResNet-50 on ImageNet with several (their Table 10):
#
# | ratio | none | 2 | 4 | 8 | 16 | 32 |
# |---|---|---|---|---|---|---|
# | parameters, millions | 25.6 | 45.7 | 35.7 | 30.7 | 28.1 | 26.9 |
# | top-1 error, % | 23.30 | 22.29 | 22.25 | 22.26 | 22.28 | 22.72 |
#
# From 2 to 16 the error hardly moves, while 17.6 million parameters are saved. Ratio 32 gives back some of the gain.
# The paper takes 16; our maps have few channels, so we take 8.
#
# ## Does it learn to listen?
#
# Back to the microphones. Two networks learn to give the clean picture: a 1×1 convolution alone, and the same behind
# your `channel_attention` with ratio 1. *Predict: which gates will the second one find, and will the first one's picture be
# clean?* The figure has three rows: without gates, with your gates, and the clean picture.

# %% [markdown] lang="ko"
# <details><summary>C = 64, r = 8의 답</summary>
#
# m = 8이므로 2 · 64 · 8 + 8 + 64 = **1,096개**입니다. 64채널에서 64채널로 가는 3×3 합성곱은 36,928개입니다.
# </details>
#
# 어떤 ratio가 알맞을까요? Hu 등은 여러 ratio로 ResNet-50을 ImageNet에서 학습했습니다(논문 표 10).
#
# | ratio | 없음 | 2 | 4 | 8 | 16 | 32 |
# |---|---|---|---|---|---|---|
# | 파라미터(백만) | 25.6 | 45.7 | 35.7 | 30.7 | 28.1 | 26.9 |
# | top-1 오류율(%) | 23.30 | 22.29 | 22.25 | 22.26 | 22.28 | 22.72 |
#
# 2에서 16까지 오류율은 거의 그대로인데 파라미터는 1,760만 개 줄어듭니다. 32에서는 낮아진 오류율이 얼마쯤 다시
# 올라갑니다. 논문은 16을 쓰지만, 우리 특징 맵은 채널이 적으므로 8을 씁니다.
#
# ## 정말 귀 기울이는 법을 배울까
#
# 마이크로 돌아갑시다. 두 신경망이 깨끗한 그림을 내도록 학습합니다. 하나는 1×1 합성곱뿐이고, 다른 하나는 그 앞에
# 여러분의 `channel_attention`을 ratio 1로 넣은 것입니다. **예상해 보세요. 두 번째 신경망은 어떤 게이트를 찾아낼까요? 첫
# 번째 신경망의 그림은 깨끗할까요?** 그림은 세 줄입니다. 게이트가 없을 때, 여러분의 게이트가 있을 때, 그리고 깨끗한
# 그림입니다.

# %% experiment
from coursekit.experiments import Budget, by_name, load_results, network_name

LISTENING = Budget(images=4_000, epochs=6, seeds=1, test_images=300)  # two networks, a few seconds each
# ko: # 신경망 두 개, 각각 몇 초
heard_train, clean_train, _ = four_microphones(x_train[: LISTENING.images], seed=0)

def listener(attention):
    """Train a 1×1 convolution on the microphones, with or without channel attention before it.

    ko: 1×1 합성곱이 마이크 네 개를 섞도록 학습합니다. 그 앞에 채널 어텐션이 있을 수도 없을 수도 있습니다.
    """
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((14, 14, 4))
    if attention:
        x = channel_attention(x, "listen", ratio=1)
    outputs = layers.Conv2D(1, 1, kernel_initializer=keras.initializers.Constant(0.25), name="mix")(x)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.03), "mse", jit_compile=False)
    model.fit(heard_train, clean_train, batch_size=32, epochs=LISTENING.epochs, verbose=0)
    error = model.evaluate(heard, clean, verbose=0)
    print(f"{'with' if attention else 'without'} gates: mean squared error {error:.4f}")
    # ko: print(f"게이트 {'있음' if attention else '없음'}: 평균 제곱 오차 {error:.4f}")
    return model

fixed, listening = listener(attention=False), listener(attention=True)
mixed = {"without gates": np.array(fixed(heard[:6])), "with your gates": np.array(listening(heard[:6]))}
# ko: mixed = {"게이트 없음": np.array(fixed(heard[:6])), "여러분의 게이트": np.array(listening(heard[:6]))}
image_grid(mixed | {"clean": clean[:6]}, "Fixed weights leave the static in; gates keep it out", value_range=(0, 1))
# ko: image_grid(mixed | {"깨끗한 것": clean[:6]}, "고정된 가중치는 잡음을 남기고, 게이트는 잡음을 막습니다", value_range=(0, 1))

# %% [markdown] lang="en"
# And the gates? However you wrote your layer, output divided by input *is* the gate. The figure has the four gates
# of three garments, and a dashed line at 0.5.

# %% [markdown] lang="ko"
# 게이트는 어떤 값일까요? 층을 어떻게 작성했든, 출력을 입력으로 나눈 것이 **바로** 게이트입니다. 그림은 옷 세 벌의
# 게이트 네 개씩을 보여 줍니다. 점선은 0.5입니다.

# %% experiment
def run(part, x):
    """What a part of a network gives for x, a hundred images at a time to save memory.

    ko: 신경망의 한 부분이 x에서 내는 값. 메모리를 아끼려고 이미지를 백 장씩 넣습니다.
    """
    return np.concatenate([np.array(part(x[i : i + 100])) for i in range(0, len(x), 100)])

def gates_of(part, maps):
    """What a part of a network multiplies each channel by, (batch, channels): its output divided by its input.

    ko: 신경망의 한 부분이 채널마다 곱하는 값, (batch, channels): 출력을 입력으로 나눈 것입니다.
    """
    maps = maps + 1e-6  # so that an empty channel can be divided by as well
    # ko: # 비어 있는 채널로도 나눌 수 있도록
    return np.mean(run(part, maps) / maps, axis=(1, 2))

gates = gates_of(keras.Model(listening.input, listening.get_layer("mix").input), heard)
is_broken = np.arange(4) == broken[:, None]
print(f"mean gate of the broken channel {gates[is_broken].mean():.2f}, of the sound ones {gates[~is_broken].mean():.2f}")
# ko: print(f"고장 난 채널의 게이트 평균 {gates[is_broken].mean():.2f}, 멀쩡한 채널의 게이트 평균 {gates[~is_broken].mean():.2f}")
gate_bars(
    {f"{CLASS_NAMES[y_test[i]]}: channel {broken[i]} is broken": gates[i] for i in (0, 1, 3)},
    # ko: {f"{CLASS_NAMES[y_test[i]]}: 채널 {broken[i]} 고장": gates[i] for i in (0, 1, 3)},
    title="The gate of the broken channel closes, whichever it is",
    # ko: title="어느 채널이 고장 나든 바로 그 채널의 게이트가 닫힙니다",
)

# %% [markdown] lang="en"
# Yes, it can. The gate of the broken channel is almost shut, whichever it is, and the error falls to about an eighth.
# Nobody told the network what static is; it only had clean pictures to compare with. The rule is not perfect: for the
# bright pullover, whose mean lies half-way to that of static, it nearly shuts a sound channel as well.
#
# But this task was made for channel attention: which channel is good *changes from image to image*, and the mean
# gives it away. The next network makes its channels itself.
#
# ## Exercise 2: se_block
#
# The six steps are known as **squeeze-and-excitation** (Hu, Shen and Sun, 2018), which won the last ImageNet challenge,
# in 2017. Its code uses 1×1 convolutions: `GlobalAveragePooling2D(keepdims=True)` keeps the shape (batch, 1, 1, c), and
# since on a map of one position a 1×1 convolution *is* a dense layer, no reshaping is needed.
#
# | 56 × 56 × 24, ratio 4 | shape after it | parameters |
# |---|---|---|
# | pooling, axes kept | (batch, 1, 1, 24) | 0 |
# | 1×1 convolution, ReLU | (batch, 1, 1, 6) | 24·6 + 6 = 150 |
# | 1×1 convolution, sigmoid | (batch, 1, 1, 24) | 6·24 + 24 = 168 |
# | **sum** | | **318** |
#
# **With bias or without?** The released networks (Caffe) have both biases; the paper's section 6 leaves them out, because
# that "facilitates the modelling of channel dependencies": 288 parameters here. We keep them.
#
# **Where does it go?** At the end of a residual branch, before the addition. Hu et al. (Table 14) tried other places:
# before the branch (22.23 %) and on the shortcut beside it (22.20 %) did as well as the end of the branch (22.28 %), but
# behind the addition the error rose to 22.78 %.

# %% [markdown] lang="ko"
# 배울 수 있습니다. 어느 채널이 고장 나든 그 게이트는 거의 닫히고, 오차는 8분의 1쯤으로 줄어듭니다. 무엇이 잡음인지 알려
# 준 적은 없고, 신경망에는 비교할 깨끗한 그림만 있었습니다. 다만 완벽한 규칙은 아닙니다. 밝은 풀오버는 평균이 잡음의
# 절반쯤 되어서, 멀쩡한 채널 하나까지 거의 닫혔습니다.
#
# 그런데 이 문제는 채널 어텐션에 꼭 맞게 만든 것입니다. 어느 채널이 좋은지가 **이미지마다 바뀌고**, 평균만 보면 알 수
# 있습니다. 다음에 볼 신경망은 채널을 스스로 만듭니다.
#
# ## 연습 문제 2: se_block
#
# 이 여섯 단계를 **SE**(squeeze-and-excitation; Hu, Shen, Sun, 2018)라고 하며, 2017년 마지막 ImageNet 대회에서 우승한
# 방법입니다. 원래 코드는 1×1 합성곱을 씁니다. `GlobalAveragePooling2D(keepdims=True)`는 (batch, 1, 1, c) 형태를 남기고,
# 위치가 하나뿐인 맵에서 1×1 합성곱은 Dense 층과 **똑같으므로** 형태를 바꿀 필요가 없습니다.
#
# | 56 × 56 × 24, ratio 4 | 지난 뒤의 형태 | 파라미터 |
# |---|---|---|
# | 축을 남기는 풀링 | (batch, 1, 1, 24) | 0 |
# | 1×1 합성곱, ReLU | (batch, 1, 1, 6) | 24·6 + 6 = 150 |
# | 1×1 합성곱, 시그모이드 | (batch, 1, 1, 24) | 6·24 + 24 = 168 |
# | **합계** | | **318** |
#
# **편향(bias)은 있어야 할까요?** 공개된 신경망(Caffe)에는 두 층 모두 편향이 있지만, 논문 6절은 채널 사이의 의존 관계를
# 모델링하기 쉬워진다는 이유로 편향을 뺍니다. 그러면 여기서는 288개입니다. 이 강의에서는 편향을 둡니다.
#
# **어디에 넣을까요?** 잔차 브랜치(residual branch)의 끝, 더하기 바로 앞입니다. Hu 등은 다른 자리에도 넣어 보았습니다(표
# 14). 브랜치 앞(22.23%)이나 그 옆의 지름길(shortcut, 22.20%)에 넣으면 브랜치의 끝(22.28%)과 비슷했지만, 더한 뒤에 넣으면 오류율이
# 22.78%로 높아졌습니다.

# %% solution="se_block"
def se_block(inputs, ratio=4):
    """Squeeze-and-excitation with 1×1 convolutions: the pooled map keeps its four axes.

    Args:
        inputs: feature map, (batch, height, width, channels).
        ratio: reduction ratio; the bottleneck has channels // ratio units, at least 1, and ReLU.

    Returns:
        Feature map of the same shape.

    ko: 1×1 합성곱으로 만드는 SE. 풀링한 맵의 축은 네 개 그대로입니다.

    인수:
        inputs: 특징 맵, (batch, height, width, channels).
        ratio: 축소 비율. 병목의 유닛은 channels // ratio개(적어도 1개)이고 활성화 함수는 ReLU입니다.

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    channels = inputs.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(inputs)
    gates = layers.Conv2D(max(1, channels // ratio), 1, activation="relu")(gates)
    gates = layers.Conv2D(channels, 1, activation="sigmoid")(gates)
    return layers.Multiply()([inputs, gates])
    ### END SOLUTION

# %% check="se_block" points=3
check(se_block)

# %% experiment
x = keras.Input((56, 56, 24))
block = keras.Model(x, se_block(x))
for weight in block.weights:
    print(f"{weight.path.split('/')[-1]:8}{tuple(weight.shape)!s:16}{int(np.prod(weight.shape)):>5}")
print(f"{'all':24}{block.count_params():>5}")
# ko: print(f"{'':24}{block.count_params():>5} (모두)")

# %% [markdown] lang="en"
# ## Exercise 3: efficientnet_se
#
# **EfficientNet** (Tan and Le, 2019) is built of MBConv blocks: a 1×1 convolution *expands* the map, mostly to six
# times its channels, a depthwise convolution filters it, squeeze-and-excitation gates it, and a 1×1 convolution
# narrows it again. Two things differ from your `se_block`:
#
# - The bottleneck's activation is **swish**, $x \cdot \sigma(x)$.
# - Its width is max(1, int(filters_in · ratio)), where `filters_in` is the width at the **input of the MBConv block,
#   before the expansion**. Here `ratio` is a share, 0.25. It [looks like a
#   mistake](https://github.com/tensorflow/tpu/issues/616), but the released network is built so: 96 → 4 → 96, not 96 →
#   24 → 96.
#
# *Predict: EfficientNetB0 has 5.3 million parameters and squeeze-and-excitation in each of its 16 blocks. What is its
# share?*

# %% [markdown] lang="ko"
# ## 연습 문제 3: efficientnet_se
#
# **EfficientNet**(Tan과 Le, 2019)은 MBConv 블록으로 이루어져 있습니다. 1×1 합성곱으로 채널 수를 대개 여섯 배로
# **확장**하고, 깊이별 합성곱(depthwise convolution)으로 필터를 적용하고, SE로 게이트를 곱한 다음, 1×1 합성곱으로 다시
# 채널을 줄입니다. 여러분의 `se_block`과 두 가지가 다릅니다.
#
# - 병목의 활성화 함수가 **swish**, 곧 $x \cdot \sigma(x)$입니다.
# - 병목의 너비는 max(1, int(filters_in · ratio))입니다. `filters_in`은 **확장하기 전, MBConv 블록에 들어올 때**의
#   채널 수이고, `ratio`는 0.25 같은 비율입니다. [실수처럼 보이지만](https://github.com/tensorflow/tpu/issues/616) 공개된
#   신경망이 그렇게 되어 있습니다. 96 → 24 → 96이 아니라 96 → 4 → 96입니다.
#
# **예상해 보세요. EfficientNetB0는 파라미터가 530만 개이고, 블록 16개에 모두 이런 SE가 들어 있습니다. SE는 그 가운데
# 얼마나 차지할까요?**

# %% solution="efficientnet_se"
def efficientnet_se(x, filters_in, ratio=0.25):
    """Squeeze-and-excitation as in EfficientNet's MBConv block.

    The bottleneck has int(filters_in * ratio) units, at least 1, and the swish activation (`"swish"`).

    Args:
        x: expanded feature map, (batch, height, width, channels).
        filters_in: channels at the input of the whole MBConv block, before its expansion.
        ratio: share of `filters_in`.

    Returns:
        Feature map of the same shape.

    ko: EfficientNet의 MBConv 블록에 들어 있는 SE.

    병목의 유닛은 int(filters_in * ratio)개(적어도 1개)이고, 활성화 함수는 swish(`"swish"`)입니다.

    인수:
        x: 확장된 특징 맵, (batch, height, width, channels).
        filters_in: 확장하기 전, MBConv 블록 전체의 입력 채널 수.
        ratio: `filters_in`에 대한 비율.

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    units = max(1, int(filters_in * ratio))
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(units, 1, activation="swish")(gates)
    gates = layers.Conv2D(x.shape[-1], 1, activation="sigmoid")(gates)
    return layers.Multiply()([x, gates])
    ### END SOLUTION

# %% check="efficientnet_se" points=4
check(efficientnet_se)

# %% experiment
# EfficientNetB0: (channels after the expansion, filters_in) -> how many blocks.
# ko: EfficientNetB0: (확장한 뒤의 채널 수, filters_in) -> 블록 수
B0 = {
    (32, 32): 1, (96, 16): 1, (144, 24): 2, (240, 40): 2,
    (480, 80): 3, (672, 112): 3, (1152, 192): 4,
}
assert sum(B0.values()) == 16
total = sum(count * parameters(efficientnet_se, channels, filters_in) for (channels, filters_in), count in B0.items())
misread = sum(count * parameters(efficientnet_se, channels, channels) for (channels, _), count in B0.items())
print(f"all 16 blocks: {total:,}, {total / 5_330_571:.0%} of the network's 5,330,571")
# ko: print(f"블록 16개 모두: {total:,}개, 신경망 전체 5,330,571개의 {total / 5_330_571:.0%}")
print(f"with a quarter of the expanded width: {misread:,}")
# ko: print(f"확장된 채널 수의 4분의 1로 하면: {misread:,}개")

# %% [markdown] lang="en"
# Together **636,540**, about an eighth of the network. Read the other way, it would be six times as many.
#
# ## Exercise 4: mobilenet_se
#
# **MobileNetV3** (Howard et al., 2019) is made for phones, where an exponential function is expensive, so its gates
# use a **hard sigmoid**, three straight lines:
#
# $$\mathrm{hard\ sigmoid}(x) = \frac{\mathrm{ReLU6}(x + 3)}{6}, \qquad \mathrm{ReLU6}(x) = \min(\max(x, 0), 6)$$
#
# Mind the version: Keras 3 has this function, but Keras 2 had *another* one under its name, min(max(0.2 x + 0.5, 0),
# 1). The next figure shows the sigmoid and both hard ones; these two differ most around ±2.5, where Keras 2's is flat
# already.

# %% [markdown] lang="ko"
# 모두 더해 **636,540개**, 신경망의 8분의 1쯤입니다. 규칙을 다르게 해석했다면 여섯 배가 되었을 것입니다.
#
# ## 연습 문제 4: mobilenet_se
#
# **MobileNetV3**(Howard 등, 2019)는 휴대전화에서 쓰려고 만들었고, 휴대전화에서는 지수 함수의 계산 비용이 큽니다.
# 그래서 게이트에 직선 세 개로 된 **하드 시그모이드**(hard sigmoid)를 씁니다.
#
# $$\mathrm{hard\ sigmoid}(x) = \frac{\mathrm{ReLU6}(x + 3)}{6}, \qquad \mathrm{ReLU6}(x) = \min(\max(x, 0), 6)$$
#
# 버전에 주의하세요. Keras 2에서는 같은 이름의 **다른** 함수 min(max(0.2 x + 0.5, 0), 1)이었습니다. Keras 3의 함수는
# MobileNetV3의 것과 같습니다. 다음 그림은 시그모이드와 두 가지 하드 시그모이드를 보여 줍니다. 두 하드 시그모이드는
# ±2.5 부근에서 가장 다른데, Keras 2의 것은 그곳에서 이미 평평합니다.

# %% experiment
from coursekit.plots.style import PALE, PALETTE, sheet

at = np.linspace(-6, 6, 241)
with sheet("The hard sigmoids reach 0 and 1, that of Keras 2 the sooner", 3.2) as figure:
# ko: with sheet("하드 시그모이드는 0과 1에 닿고, Keras 2의 것은 더 일찍 닿습니다", 3.2) as figure:
    ax = figure.subplots()
    ax.plot(at, 1 / (1 + np.exp(-at)), color=PALETTE[0], label="sigmoid")
    # ko: ax.plot(at, 1 / (1 + np.exp(-at)), color=PALETTE[0], label="시그모이드")
    ax.plot(at, np.clip(at + 3, 0, 6) / 6, "--", color=PALETTE[1], label="hard sigmoid: MobileNetV3, Keras 3")
    # ko: ax.plot(at, np.clip(at + 3, 0, 6) / 6, "--", color=PALETTE[1], label="하드 시그모이드: MobileNetV3, Keras 3")
    ax.plot(at, np.clip(0.2 * at + 0.5, 0, 1), ":", color=PALETTE[2], linewidth=2.5, label="hard sigmoid of Keras 2")
    # ko: ax.plot(at, np.clip(0.2 * at + 0.5, 0, 1), ":", color=PALETTE[2], linewidth=2.5, label="Keras 2의 하드 시그모이드")
    ax.set(xlabel="score", ylabel="gate")
    # ko: ax.set(xlabel="점수", ylabel="게이트")
    ax.legend(frameon=False)
display(figure)

# %% [markdown] lang="en"
# The second rule is about width: the bottleneck is a quarter of the channels, **rounded to a multiple of 8**, which
# suits the hardware, but at least 8 and never below 90 % of what was asked for. The function below is given.
#
# *Predict: 72 channels, a quarter is 18. Which multiple of 8?*

# %% [markdown] lang="ko"
# 두 번째 규칙은 너비에 관한 것입니다. 병목은 채널 수의 4분의 1을 **8의 배수로 맞춘 것**입니다. 8의 배수는 하드웨어가 더
# 빠르게 처리합니다. 결과는 적어도 8이고, 원래 값의 90%보다 작아지지 않습니다. 아래 함수는 그대로 쓰면 됩니다.
#
# **예상해 보세요. 72채널의 4분의 1은 18입니다. 8의 어떤 배수가 될까요?**

# %% experiment
predict("width_for_72")

# %%
def round_to_8(width):
    """The multiple of 8 nearest to `width`: at least 8, and never below 90 % of it (MobileNetV3's rule).

    ko: `width`에 가장 가까운 8의 배수. 적어도 8이고, `width`의 90%보다 작아지지 않습니다(MobileNetV3의 규칙).
    """
    rounded = max(8, int(width + 4) // 8 * 8)
    if rounded < 0.9 * width:
        rounded += 8
    return rounded

# %% solution="mobilenet_se"
def mobilenet_se(x):
    """Squeeze-and-excitation as in MobileNetV3.

    The bottleneck has round_to_8(channels / 4) units and ReLU; the gates use the hard sigmoid (`"hard_sigmoid"`).

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        Feature map of the same shape.

    ko: MobileNetV3에 들어 있는 SE.

    병목의 유닛은 round_to_8(channels / 4)개이고 활성화 함수는 ReLU입니다. 게이트에는 하드 시그모이드(`"hard_sigmoid"`)를 씁니다.

    인수:
        x: 특징 맵, (batch, height, width, channels).

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(round_to_8(channels / 4), 1, activation="relu")(gates)
    gates = layers.Conv2D(channels, 1, activation="hard_sigmoid")(gates)
    return layers.Multiply()([x, gates])
    ### END SOLUTION

# %% check="mobilenet_se" points=4
check(mobilenet_se)

# %% experiment
LARGE = (72, 120, 120, 480, 672, 672, 960, 960)  # MobileNetV3-Large: channels of its 8 blocks that have gates
# ko: # MobileNetV3-Large: 게이트가 있는 블록 8개의 채널 수
for channels in sorted(set(LARGE)):
    units, count = round_to_8(channels / 4), parameters(mobilenet_se, channels)
    print(f"{channels:4} channels: a quarter is {channels / 4:5.1f}, rounded {units:3}, parameters {count:8,}")
    # ko: print(f"채널 {channels:4}개: 4분의 1은 {channels / 4:5.1f}, 맞춘 값 {units:3}, 파라미터 {count:8,}개")
total = sum(parameters(mobilenet_se, channels) for channels in LARGE)
print(f"all 8 blocks: {total:,}, {total / 5_507_432:.0%} of the network's 5,507,432")
# ko: print(f"블록 8개 모두: {total:,}개, 신경망 전체 5,507,432개의 {total / 5_507_432:.0%}")

# %% [markdown] lang="en"
# The multiple of 8 nearest to 18 is 16, but that is less than 90 % of 18, so the rule takes **24**. All eight blocks
# together have **1,512,280** parameters, more than a quarter of the network.
#
# ## Four forms, one idea
#
# | compared | `channel_attention` | `se_block` | `efficientnet_se` | `mobilenet_se` |
# |---|---|---|---|---|
# | source | tutorial | Hu et al. | Tan and Le | Howard et al. |
# | units | channels // 8 | channels // 4 (paper: 16) | filters_in · 0.25 | channels / 4, rounded to 8 |
# | at least | 1 | 1 | 1 | 8 |
# | in the middle | ReLU | ReLU | swish | ReLU |
# | gates | sigmoid | sigmoid | sigmoid | hard sigmoid |
# | stands | behind the block | end of the residual branch | inside MBConv, before narrowing | the same |
# | 96 channels (16 before expansion) | 2,412 | 4,728 | 868 | 4,728 |

#
# ## Exercise 5: attention_block
#
# The cell below holds the autoencoder of lesson 1; its argument `block` decides what each stage is made of. Write a
# block that ends in your `channel_attention`, behind the ReLU.

# %% [markdown] lang="ko"
# 18에 가장 가까운 8의 배수는 16이지만 18의 90%보다 작으므로 규칙에 따라 **24**가 됩니다. 블록 8개를 모두 더하면
# **1,512,280개**로, 신경망의 4분의 1이 넘습니다.
#
# ## 네 가지 구현, 하나의 아이디어
#
# | 비교할 것 | `channel_attention` | `se_block` | `efficientnet_se` | `mobilenet_se` |
# |---|---|---|---|---|
# | 출처 | 튜토리얼 | Hu 등 | Tan과 Le | Howard 등 |
# | 유닛 수 | channels // 8 | channels // 4 (논문은 16) | filters_in · 0.25 | channels / 4를 8의 배수로 |
# | 적어도 | 1 | 1 | 1 | 8 |
# | 가운데 | ReLU | ReLU | swish | ReLU |
# | 게이트 | 시그모이드 | 시그모이드 | 시그모이드 | 하드 시그모이드 |
# | 자리 | 블록 뒤 | 잔차 브랜치의 끝 | MBConv 안, 채널을 줄이기 전 | 왼쪽과 같음 |
# | 96채널(확장 전 16채널) | 2,412 | 4,728 | 868 | 4,728 |
#
# ## 연습 문제 5: attention_block
#
# 이제 신경망에 넣습니다. 아래 셀에는 레슨 1의 오토인코더가 있습니다. 인수 `block`이 각 스테이지(stage)를 무엇으로 만들지 정합니다.
# 여러분의 `channel_attention`으로 끝나는 블록을 작성하세요. 어텐션은 블록의 결과에 적용하므로 ReLU 뒤에 옵니다.

# %% given="autoencoder_block autoencoder"

# %% solution="attention_block"
def attention_block(x, filters, name):
    """The autoencoder's block with channel attention behind it.

    Steps:
        1. autoencoder_block.
        2. channel_attention with its default ratio, on what the block gives.

    Args:
        x: feature map, (batch, height, width, channels).
        filters: number of output channels.
        name: prefix of the layers' names; the attention's is name + "_attention".

    Returns:
        Feature map, (batch, height, width, filters).

    ko: 오토인코더의 블록 뒤에 채널 어텐션을 둡니다.

    단계:
        1. autoencoder_block.
        2. 블록의 출력에 기본 ratio를 쓰는 channel_attention.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        filters: 출력 채널 수.
        name: 층 이름의 앞부분. 어텐션의 이름은 name + "_attention"입니다.

    반환값:
        특징 맵, (batch, height, width, filters).
    """
    ### BEGIN SOLUTION
    x = autoencoder_block(x, filters, name)
    return channel_attention(x, f"{name}_attention")
    ### END SOLUTION

# %% check="attention_block" points=3
check(attention_block)

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Here is lesson 2's residual block, with two faults from published code. Shapes and parameter count are right. *Find both
# and mend them, without looking at your own.* `mend` tries the block as the check of `residual_block` would, and says which
# aspects are right, but not what is wrong. It gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# In [pytorch-cifar](https://github.com/kuangliu/pytorch-cifar/issues/4) the branch ended in a ReLU, so it could add to the
# shortcut, but never take away; the author calls it a typo. In [Haiku](https://github.com/google-deepmind/dm-haiku/issues/85)
# the second convolution had the stride, and the first one ran over the whole map.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다음은 레슨 2의 잔차 블록인데 고장 난 곳이 두 군데 있고, 둘 다 공개된 코드에 있던 것입니다. 형태도 파라미터 수도 모두 맞습니다.
# **여러분의 답을 보지 말고 찾아서 고쳐 보세요.** `mend`는 `residual_block`을 확인할 때처럼 블록을 시험해 어떤 측면이 맞는지만 알려
# 주고, 무엇이 틀렸는지는 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# [pytorch-cifar](https://github.com/kuangliu/pytorch-cifar/issues/4)에서는 브랜치가 ReLU로 끝나서, 지름길의 값에 더하기만 하고 빼지는
# 못했습니다. 저자는 오타라고 합니다. [Haiku](https://github.com/google-deepmind/dm-haiku/issues/85)에서는
# 스트라이드(stride)가 두 번째 합성곱에 있어서, 첫 번째 합성곱이 줄어들지 않은 맵 전체를 훑었습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(x, filters, stride, name):
    """A residual block: two 3×3 convolutions on a branch, added to the shortcut.

    ko: 잔차 블록. 브랜치의 3×3 합성곱 두 개를 거친 값을 지름길에 더합니다.
    """
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.BatchNormalization(name=f"{name}_bn1")(branch)
    branch = layers.ReLU(name=f"{name}_relu1")(branch)
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    branch = layers.BatchNormalization(name=f"{name}_bn2")(branch)
    branch = layers.ReLU(name=f"{name}_relu2")(branch)
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{name}_shortcut_conv")(x)
        shortcut = layers.BatchNormalization(name=f"{name}_shortcut_bn")(shortcut)
    return layers.ReLU(name=f"{name}_relu3")(layers.Add(name=f"{name}_add")([shortcut, branch]))

mend(repaired, "residual_block")

# %% [markdown] lang="en"
# ## Experiment: with and without
#
# Two autoencoders learn from the same images with the same seed, one made of `autoencoder_block`, the other of it and
# your `channel_attention`. *Predict: at the start every gate is about 0.5. Which network is ahead after the first
# epoch?* The figure shows both training errors.

# %% [markdown] lang="ko"
# ## 실험: 있을 때와 없을 때
#
# 시드(seed)도 이미지도 같은 오토인코더 두 개를 학습합니다. 하나는 `autoencoder_block`으로, 하나는 그 뒤에 여러분의
# `channel_attention`을 두어 만듭니다. **예상해 보세요. 처음에는 모든 게이트가 0.5쯤입니다. 첫 에포크(epoch)가 끝나면 어느
# 쪽이 앞설까요?** 그림은 두 신경망의 훈련 오차입니다.

# %% experiment
def open_attention_block(x, filters, name):
    """`attention_block` in two steps, with a name in between for what the attention gets.

    ko: `attention_block`을 두 단계로 나누고, 어텐션이 받는 것에 이름을 붙입니다.
    """
    x = layers.Identity(name=f"{name}_heard")(autoencoder_block(x, filters, name))
    return channel_attention(x, f"{name}_attention")

# %% experiment
# A small run, about 20 s on two cores. The full one: python experiments/lessons.py reconstruction
# (15,000 images, 4 epochs; four networks with three seeds each take about 11 minutes).
# ko: 작은 학습입니다. 코어 두 개에서 20초쯤 걸립니다. 전체 학습: python experiments/lessons.py reconstruction
# ko: (이미지 15,000장, 4에포크. 신경망 네 개를 시드 세 개씩 학습하면 11분쯤 걸립니다.)
BUDGET = Budget(images=4_000, epochs=4, seeds=1, test_images=1_000)
images = x_train[: BUDGET.images, ..., np.newaxis].astype("float32") / 255
test_images = x_test[: BUDGET.test_images, ..., np.newaxis].astype("float32") / 255

def small_run(block):
    """Train an autoencoder of such blocks, made ready for a short run: small batches and quick moving averages.

    ko: 이런 블록으로 만든 오토인코더를 짧은 학습에 맞추어 학습합니다. 배치가 작고 이동 평균이 빨리 따라갑니다.
    """
    keras.utils.set_random_seed(1)
    model = autoencoder((28, 28, 1), (16, 32), block)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.9
    schedule = keras.optimizers.schedules.CosineDecay(5e-3, BUDGET.epochs * len(images) // 32)
    model.compile(keras.optimizers.Adam(schedule), "mse", jit_compile=False)
    return model, model.fit(images, images, batch_size=32, epochs=BUDGET.epochs, verbose=0).history["loss"]

networks, scores, errors = {}, {}, {}
for name, block in (("no attention", autoencoder_block), ("channel", open_attention_block)):
# ko: for name, block in (("어텐션 없음", autoencoder_block), ("채널", open_attention_block)):
    networks[name], history = small_run(block)
    scores[name], errors[name] = networks[name].evaluate(test_images, test_images, verbose=0), [history]
    print(f"{name:13}error on {len(test_images):,} test images {scores[name]:.4f}")
    # ko: print(f"테스트 이미지 {len(test_images):,}장의 오차 {scores[name]:.4f}: {name}")
title = "Training error after one epoch: {:.4f} without attention, {:.4f} with it; at the end {:.4f} and {:.4f}"
# ko: title = "1에포크 뒤의 훈련 오차는 어텐션이 없으면 {:.4f}, 있으면 {:.4f}이고, 마지막에는 차례로 {:.4f}, {:.4f}입니다"
title = title.format(*(runs[0][epoch] for epoch in (0, -1) for runs in errors.values()))
curves(errors, title, "epoch", "training error (MSE)")
# ko: curves(errors, title, "에포크", "훈련 오차(MSE)")

# %% [markdown] lang="en"
# With attention the network starts a little behind and catches up within an epoch or two. One reason is that half-open
# gates halve the signal: the batch normalisation of the next block makes up for that, but behind the last block there
# is none.
#
# Who is ahead in the end, nobody can tell from one seed. The next figure shows longer runs that come with the course:
# every dot is one seed, every bar the 95 % interval of the mean.

# %% [markdown] lang="ko"
# 어텐션이 있는 쪽은 조금 뒤에서 출발해 한두 에포크 만에 따라잡습니다. 반쯤 열린 게이트가 신호를 절반으로 줄이는 것이 한
# 가지 이유입니다. 다음 블록의 배치 정규화(batch normalization)가 이를 되돌려 놓지만, 마지막 블록 뒤에는 배치 정규화가
# 없습니다.
#
# 마지막에는 어느 쪽이 앞설까요? 시드 하나로는 알 수 없습니다. 다음 그림은 강의에 들어 있는, 시드를 바꿔 가며 더 길게
# 학습한 결과입니다. 점 하나가 시드 하나이고, 막대는 평균의 95% 신뢰 구간입니다.

# %% experiment
from coursekit.statistics import correlation, welch

shipped = load_results("reconstruction")
by_network = by_name(shipped["runs"])
sizes = {run.name: run.parameters for run in shipped["runs"]}
errors = {name: 1_000 * np.array(by_network[name]) for name in ("no attention", "channel")}
# ko: =
for name, values in errors.items():
    mean, low, high = summary(values)
    print(f"{network_name(name):13} {sizes[name]:,} parameters   error × 1,000: {mean:.2f}, 95 % interval {low:.2f} to {high:.2f}")
    # ko: print(f"파라미터 {sizes[name]:,}개   오차 × 1,000: {mean:.2f}, 95% 신뢰 구간 {low:.2f}부터 {high:.2f}까지   {network_name(name)}")
seeds = min(map(len, errors.values()))
gain = welch(errors["no attention"], errors["channel"])
# ko: =
print(f"the mean error falls by {gain.mean:.2f}, 95 % interval {gain.low:.2f} to {gain.high:.2f}")
# ko: print(f"평균 오차가 {gain.mean:.2f} 줄었습니다. 95% 신뢰 구간은 {gain.low:.2f}부터 {gain.high:.2f}까지입니다")
together = correlation(*(values[:seeds] for values in errors.values()))
print(f"correlation of the two networks over the seeds: {together:+.2f}")
# ko: print(f"두 신경망이 시드에 따라 함께 움직이는 정도(상관계수): {together:+.2f}")
finding = f"Channel attention lowers the mean error by {gain.mean:.1f}"
# ko: finding = f"채널 어텐션을 넣으면 평균 오차가 {gain.mean:.1f} 줄어듭니다"
doubt = "" if gain.low > 0 else f", but {seeds} seeds do not make it certain"
# ko: doubt = "" if gain.low > 0 else f". 다만 시드가 {seeds}개뿐이어서 확실하지는 않습니다"
comparison(errors, finding + doubt, "test error (MSE × 1,000)", better="lower")
# ko: comparison(errors, finding + doubt, "테스트 오차(MSE × 1,000)", better="lower")

# %% [markdown] lang="en"
# The mean favours attention. How sure is that? If many people repeated the whole experiment and each computed such a
# 95 % interval, about 95 of 100 of these intervals would contain the true difference. This one reaches below 0, so three
# seeds do not rule out that there is none. A gain is likely here, not proven. The price is 748 parameters, 4 % more.
#
# Both networks were trained with seeds 0, 1 and 2, so it is tempting to compare them in pairs. That pays if a good seed
# for one network is a good one for the other, too, and their correlation clearly above 0: look at the last line before
# you do.
#
# Can the difference be seen? The next figure shows eight test images, both networks' drawings, and where these
# differ.

# %% [markdown] lang="ko"
# 평균은 어텐션 쪽이 낫습니다. 얼마나 믿을 수 있을까요? 여러 사람이 이 실험을 처음부터 다시 하고 저마다 95% 신뢰 구간을
# 구한다면, 신뢰 구간 100개 가운데 95개쯤이 참된 차이를 포함합니다. 여기서 구한 신뢰 구간은 0 아래까지 내려가므로, 시드 세 개로는
# 차이가 없을 가능성을 버릴 수 없습니다. 좋아진 것으로 보이지만 증명된 것은 아닙니다. 그 대신 파라미터가 748개, 4%
# 늘어납니다.
#
# 두 신경망 모두 시드 0, 1, 2로 학습했으니 시드끼리 짝지어 비교하고 싶어집니다. 짝짓기는 한 신경망에 좋은 시드가 다른
# 신경망에도 좋을 때, 곧 상관계수가 0보다 뚜렷이 클 때 도움이 됩니다. 짝짓기 전에 마지막 줄의 상관계수부터 보세요.
#
# 그 차이가 눈에 보일까요? 다음 그림은 테스트 이미지 8장, 두 신경망이 그린 것, 그리고 두 그림이 서로 다른 곳을 보여
# 줍니다.

# %% experiment
from coursekit.results import results_folder

pictures = np.load(results_folder() / "reconstruction.npz")
drawn = {name: pictures[name] / 255 for name in ("no attention", "channel")}
# ko: =
difference = np.abs(drawn["channel"] - drawn["no attention"])
# ko: =
print(f"mean difference between the two drawings: {difference.mean():.3f}, largest {difference.max():.2f}")
# ko: print(f"두 그림의 차이: 평균 {difference.mean():.3f}, 최대 {difference.max():.2f}")
image_grid(
    {"image": pictures["image"] / 255, **drawn, "difference": difference},
    # ko: {"이미지": pictures["image"] / 255, **drawn, "차이": difference},
    title="The two drawings look alike; what differs is scattered along edges and prints",
    # ko: title="두 그림은 비슷해 보이고, 차이는 에지와 무늬를 따라 흩어져 있습니다",
    value_range={"image": (0, 1), "no attention": (0, 1), "channel": (0, 1), "difference": (0, 0.25)},
    # ko: value_range={"이미지": (0, 1), "no attention": (0, 1), "channel": (0, 1), "차이": (0, 0.25)},
)

# %% [markdown] lang="en"
# Hardly: both are blurred in the same places.
#
# ## What does it listen to?
#
# The demo puts your layer into the last block of a decoder that comes trained with the course: 16 channels, 14 × 14.
# Below the image and its drawing lie the maps that reach your layer, its gates, and what they let through. `gates`
# puts others in their place; the black marks stay at your layer's own. Each ratio has trained weights of its own.
#
# *Predict: do bright maps get large gates? And which change will spoil the drawing most?*
#
# <details><summary>The demo as a picture</summary>
#
# ![An ankle boot, its drawing, pale and with a grey background, and their difference. Below, sixteen feature maps,
# their gates as bars, inverted, with marks at their own values, and the maps times the gates. Beside the drawing two
# bars: its error is several times as large as with its own gates.](channel_gates.png)
#
# </details>

# %% [markdown] lang="ko"
# 거의 보이지 않습니다. 둘 다 같은 곳이 흐릿합니다.
#
# ## 무엇에 귀를 기울이는가
#
# 데모는 강의에 들어 있는 학습된 디코더의 마지막 블록에 여러분의 층을 넣습니다. 14 × 14 크기의 채널이 16개입니다.
# 이미지와 그림 아래에 여러분의 층으로 들어가는 맵, 게이트, 게이트를 지난 맵이 차례로 있습니다. 게이트를 다른 것으로
# 바꿔도 검은 표시는 층이 정한 값에 그대로 남습니다. 학습된 가중치는 ratio마다 따로 있습니다.
#
# **예상해 보세요. 밝은 맵이 큰 게이트를 받을까요? 그리고 게이트를 어떻게 바꿀 때 그림이 가장 나빠질까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![부츠 이미지, 배경까지 뿌옇게 된 그림, 둘의 차이입니다. 아래에는 특징 맵 16개, 뒤집은 게이트의 막대와 원래 값의 표시,
# 게이트를 곱한 맵이 있습니다. 그림 옆의 막대 두 개는 오차가 원래 게이트일 때의 몇 배로 커졌음을 보여
# 줍니다.](channel_gates.png)
#
# </details>

# %% experiment
from coursekit import live

live.channel_gates(channel_attention)

# %% [markdown] lang="en"
# Not necessarily: dim maps can have large gates too. What counts is what the next layer makes of a map.
#
# Now average the gates over the test images of each class. *Predict: will trousers and bags open other channels?* In
# the next demo each row is a class and each column a channel; dark is closed, bright is open. The bars show how the
# framed class differs from all classes, on a scale of their own.
#
# <details><summary>The demo as a picture</summary>
#
# ![Mean gates, a row for each class and a column for each channel. The columns differ, the rows look the same. Below,
# bars for the class Bag: how little its gates differ from the mean of all classes.](gates_by_class.png)
#
# </details>

# %% [markdown] lang="ko"
# 꼭 그렇지는 않습니다. 어두운 맵의 게이트가 클 때도 있습니다. 중요한 것은 다음 층이 그 맵을 어떻게 쓰는지입니다.
#
# 이번에는 클래스마다 테스트 이미지의 게이트를 평균합니다. **예상해 보세요. 바지와 가방은 서로 다른 채널을 열까요?**
# 다음 데모에서 행은 클래스, 열은 채널입니다. 어두우면 닫힌 것이고 밝으면 열린 것입니다. 막대는 테두리를 두른 클래스가
# 모든 클래스의 평균과 얼마나 다른지를 따로 크게 보여 줍니다.
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![클래스가 행, 채널이 열인 평균 게이트입니다. 열끼리는 다르고 행끼리는 같아 보입니다. 아래 막대는 가방 클래스의
# 게이트가 모든 클래스의 평균과 거의 다르지 않음을 보여 줍니다.](gates_by_class.png)
#
# </details>

# %% experiment
live.gates_by_class(channel_attention)

# %% [markdown] lang="en"
# The columns differ, the rows hardly. Is it so in the network that *you* trained? The next cell takes the
# same block of it and divides the variance of its gates.

# %% [markdown] lang="ko"
# 세로줄은 뚜렷하고 행끼리는 거의 같습니다. **여러분이 학습한** 신경망도 그럴까요? 다음 셀은 그 신경망의 같은 블록에서
# 게이트의 분산을 채널 사이의 분산과 이미지 사이의 분산으로 나누어 봅니다.

# %% experiment
attentive = networks["channel"]
# ko: attentive = networks["채널"]
reaching = attentive.get_layer("decoder_2_heard").output  # what the last attention gets ...
# ko: # 마지막 어텐션이 받는 것 ...
leaving = attentive.get_layer("decoder_2_up").input  # ... and what it gives
# ko: # ... 그리고 내는 것
maps = run(keras.Model(attentive.input, reaching), test_images)
gates = gates_of(keras.Model(reaching, leaving), maps)
print(f"gates of {len(gates):,} images: from {gates.min():.2f} to {gates.max():.2f}")
# ko: print(f"이미지 {len(gates):,}장의 게이트: {gates.min():.2f}부터 {gates.max():.2f}까지")
labels = y_test[: len(gates)]
by_class = np.stack([gates[labels == label].mean(axis=0) for label in range(10)])
of_channel = gates.mean(axis=0)
shares = {
    "the channel": of_channel.var(),
    # ko: "채널": of_channel.var(),
    "the class": ((by_class[labels] - of_channel) ** 2).mean(),
    # ko: "클래스": ((by_class[labels] - of_channel) ** 2).mean(),
    "the image within its class": ((gates - by_class[labels]) ** 2).mean(),
    # ko: "클래스 안의 이미지": ((gates - by_class[labels]) ** 2).mean(),
}
for name, share in shares.items():
    print(f"of the gates' variance comes from {name:27}{share / gates.var():6.1%}")
    # ko: print(f"게이트의 분산 가운데 {share / gates.var():6.1%}: {name}에 따른 차이")

# %% [markdown] lang="en"
# This network, too, *has* learned which channels to listen to, but it listens in almost the same way whatever it sees.
#
# In the demo you changed the gates of one block. To measure what that does, the next cell replaces the gates in all
# four blocks of your network and draws the images again. *Predict the order of the errors:*
#
# | gates | what is left of attention |
# |---|---|
# | own | everything |
# | mean of all | each channel keeps its mean gate; nothing depends on the image |
# | another image's | gates chosen for the wrong garment |
# | all equal | switched off: every channel passes alike |
# | moved | right values, each on the wrong channel |

# %% [markdown] lang="ko"
# 이 신경망도 어느 채널에 귀를 기울일지 **배웠습니다.** 그런데 어떤 이미지를 보든 거의 똑같이 귀를 기울입니다.
#
# 데모에서는 블록 하나의 게이트를 바꿔 보았습니다. 이제 그 효과를 측정해 봅시다. 여러분의 신경망에서 블록 네 개 모두의
# 게이트를 바꿔 넣고 이미지를 다시 그립니다. **오차가 작은 것부터 순서를 예상해 보세요.**
#
# | 게이트 | 남아 있는 어텐션 |
# |---|---|
# | 자신의 것 | 전부 |
# | 전체 평균: 모든 이미지의 평균 | 채널마다 평균 게이트만 남고, 이미지에 따라 달라지지 않음 |
# | 다른 이미지의 것 | 다른 옷을 보고 고른 게이트 |
# | 모두 같게 | 꺼짐. 모든 채널을 똑같이 통과시킴 |
# | 한 칸씩 밀기: 옆 채널로 옮긴 것 | 값은 맞지만 채널이 틀림 |

# %% experiment
def redraw(choose):
    """The test images, drawn with the gates that `choose` makes of each block's own (batch, channels).

    ko: 테스트 이미지를, `choose`가 블록마다 그 블록의 게이트 (batch, channels)로 만든 게이트를 써서 그린 것
    """
    start, x = attentive.input, test_images
    for stage in ("encoder_1_pool", "encoder_2_pool", "decoder_1_up", "decoder_2_up"):
        reaching = attentive.get_layer(stage.rsplit("_", 1)[0] + "_heard").output
        leaving = attentive.get_layer(stage).input
        maps = run(keras.Model(start, reaching), x)
        gates = choose(gates_of(keras.Model(reaching, leaving), maps))
        start, x = leaving, maps * gates[:, None, None, :]
    return run(keras.Model(start, attentive.output), x)

choices = {
    "own": lambda gates: gates,
    # ko: "자신의 것": lambda gates: gates,
    "mean of all": lambda gates: np.broadcast_to(gates.mean(axis=0), gates.shape),
    # ko: "전체 평균": lambda gates: np.broadcast_to(gates.mean(axis=0), gates.shape),
    "another image's": lambda gates: np.roll(gates, 1, axis=0),
    # ko: "다른 이미지의 것": lambda gates: np.roll(gates, 1, axis=0),
    "all equal": lambda gates: np.full_like(gates, gates.mean()),
    # ko: "모두 같게": lambda gates: np.full_like(gates, gates.mean()),
    "moved": lambda gates: np.roll(gates, 1, axis=1),
    # ko: "한 칸씩 밀기": lambda gates: np.roll(gates, 1, axis=1),
}
drawings = {name: redraw(choose) for name, choose in choices.items()}
errors = {name: 1_000 * np.mean((drawn - test_images) ** 2) for name, drawn in drawings.items()}
for name, error in errors.items():
    print(f"{name:16}error × 1,000: {error:5.2f}   {error / errors['own'] - 1:+.0%}")
    # ko: print(f"오차 × 1,000: {error:5.2f}   {error / errors['자신의 것'] - 1:+.0%}   {name}")

# %% [markdown] lang="en"
# The last figure has a bar for each kind of gates, as long as the error. The grey one at the bottom is your network
# trained without attention.

# %% [markdown] lang="ko"
# 마지막 그림에는 게이트마다 막대가 하나씩 있고, 막대의 길이가 오차입니다. 맨 아래 막대(회색)는 여러분의 신경망을 어텐션
# 없이 학습한 것입니다.

# %% experiment
bars = errors | {"trained without attention": 1_000 * scores["no attention"]}
# ko: bars = errors | {"어텐션 없이 학습": 1_000 * scores["어텐션 없음"]}
with sheet("It matters which channel a gate belongs to, hardly which image", 3.2) as figure:
# ko: with sheet("게이트가 어느 채널의 것인지는 중요하고, 어느 이미지의 것인지는 거의 상관없습니다", 3.2) as figure:
    ax = figure.subplots()
    drawn = ax.barh(list(bars), list(bars.values()), color=[PALETTE[0]] * len(errors) + [PALE])
    ax.bar_label(drawn, fmt="%.1f", padding=4)
    ax.invert_yaxis()
    ax.set(xlabel="test error (MSE × 1,000), shorter is better")
    # ko: ax.set(xlabel="테스트 오차(MSE × 1,000), 짧을수록 좋음")
display(figure)

# %% [markdown] lang="en"
# ## The answer
#
# **Yes, a network can learn which of its own channels to listen to.** With equal gates, or gates on the wrong channels,
# this one draws clearly worse, so it relies on them. The task itself does not need gates: a network trained without
# does nearly as well.
#
# **But it learned once and for all.** With the mean gates, or another garment's, it draws almost as well as with its
# own: more than nine tenths of the last block's gate variance lie between channels, less than a tenth between images.
# What is the same for every image could as well be part of the next convolution's weights. Even with mean gates it
# draws no worse than the bottom bar, so most of its gain cannot come from looking at the image. The microphones needed
# gates that change with the image; drawing garments hardly does.
#
# **What this does not show.** In the longer runs channel attention lowered the mean test error, and three seeds do not
# make that certain. The swapped gates come from a single seed of one small network, trained briefly for one task. Its
# bottlenecks have two and four units; if ReLU silences those for every image, the gates cannot change at all. And
# classifying is another task: in an ImageNet network Hu et al. (section 7.2) found gates that are alike for all classes
# in the early layers and specific to classes further in. In its last stage they were nearly all open, or alike for all
# classes again.
#
# ## Quiz
#
# <details><summary>1. A student writes softmax instead of sigmoid, for 64 channels. What happens to the size of the
# output?</summary>
#
# The gates then sum to 1, so they are 1/64 on average: the output is some sixty times smaller than the input, and a
# channel can open only if others close. Shapes and parameters are right; only the values tell.
# </details>
#
# <details><summary>2. You shuffle the positions of a feature map, the same way in all channels. What happens to the
# gates?</summary>
#
# Nothing. The mean over height and width does not know where a value was. Channel attention answers *what*, never
# *where*: the next lesson's question.
# </details>
#
# <details><summary>3. The gates of a trained network turn out to be the same for all images. How would you make it
# smaller?</summary>
#
# Multiply the next convolution's kernel by the gates, input channel by input channel, and remove the attention. The
# network computes the same with 2Cm + m + C parameters less for every block.
# </details>
#
# ## To read
#
# - Jie Hu, Li Shen, Samuel Albanie, Gang Sun, Enhua Wu, *Squeeze-and-Excitation Networks*, 2018,
#   [arXiv:1709.01507](https://arxiv.org/abs/1709.01507).
# - Mingxing Tan, Quoc V. Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, 2019,
#   [arXiv:1905.11946](https://arxiv.org/abs/1905.11946).
# - Andrew Howard and others, *Searching for MobileNetV3*, 2019, [arXiv:1905.02244](https://arxiv.org/abs/1905.02244).
#
# `progress()` shows your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# ## 답
#
# **신경망은 자기 채널 가운데 어느 것에 귀를 기울일지 배울 수 있습니다.** 게이트를 모두 같게 하거나 다른 채널에 달면 이
# 신경망의 그림은 뚜렷이 나빠지므로, 이 신경망은 게이트에 의존합니다. 그렇다고 이 과제에 게이트가 꼭 필요한 것은 아닙니다. 게이트 없이
# 학습한 신경망도 거의 그만큼 잘 그립니다.
#
# **하지만 한 번 배우고 나면 바꾸지 않습니다.** 평균 게이트로도, 다른 옷의 게이트로도 자신의 게이트일 때와 거의 똑같이
# 잘 그립니다. 마지막 블록의 게이트 분산 가운데 10분의 9 이상이 채널 사이의 차이이고, 이미지 사이의 차이는 10분의 1이 안 됩니다. 모든
# 이미지에서 똑같은 게이트라면 다음 합성곱의 가중치에 넣어 두어도 됩니다. 평균 게이트를 써도 맨 아래 막대보다 나쁘지 않으므로, 좋아진
# 것의 대부분은 이미지를 살펴본 덕분일 수 없습니다. 마이크 문제에는 이미지마다 바뀌는 게이트가 필요했지만, 옷을 그리는 데는 거의
# 필요하지 않습니다.
#
# **아직 알 수 없는 것.** 더 길게 학습했을 때 채널 어텐션은 평균 테스트 오차를 줄였지만, 시드 세 개로는 확실하다고 할 수
# 없습니다. 게이트를 바꿔 본 것은 과제 하나로 짧게 학습한 작은 신경망의 시드 하나뿐입니다. 병목의 유닛이 두 개 또는 네 개라서, ReLU가 모든 이미지에서 이를 0으로
# 만들면 게이트는 전혀 변하지 못합니다. 그리고 분류는 다른 과제입니다. Hu 등(7.2절)은 ImageNet 신경망의 앞쪽 층에서는 게이트가 모든
# 클래스에서 비슷하고, 뒤로 갈수록 클래스마다 달라진다고 보고했습니다. 마지막 스테이지에서는 거의 모두 열려 있거나 다시
# 모든 클래스에서 비슷했습니다.
#
# ## 퀴즈
#
# <details><summary>1. 어떤 학생이 64채널에서 시그모이드 대신 소프트맥스를 썼습니다. 출력의 크기는 어떻게
# 될까요?</summary>
#
# 게이트의 합이 1이므로 평균은 1/64입니다. 출력은 입력의 60분의 1쯤으로 작아지고, 다른 채널이 닫혀야만 한 채널이 열릴
# 수 있습니다. 형태와 파라미터 수는 맞습니다. 그래서 확인할 때 값까지 비교합니다.
# </details>
#
# <details><summary>2. 특징 맵의 위치를 모든 채널에서 같은 방식으로 뒤섞습니다. 게이트는 어떻게 될까요?</summary>
#
# 그대로입니다. 높이와 너비를 따라 낸 평균은 값이 어디에 있었는지 모릅니다. 채널 어텐션은 **무엇**이 중요한지에 답할
# 뿐, **어디**가 중요한지에는 답하지 못합니다. 그것이 다음 레슨의 질문입니다.
# </details>
#
# <details><summary>3. 학습이 끝나고 보니 게이트가 모든 이미지에서 똑같습니다. 이 신경망을 어떻게 더 작게 만들 수
# 있을까요?</summary>
#
# 다음 합성곱의 커널에 입력 채널마다 그 게이트를 곱해 두고 어텐션을 없앱니다. 블록마다 파라미터가 2Cm + m + C개
# 줄어들고 계산 결과는 같습니다.
# </details>
#
# ## 더 읽을거리
#
# - Jie Hu, Li Shen, Samuel Albanie, Gang Sun, Enhua Wu, *Squeeze-and-Excitation Networks*, 2018,
#   [arXiv:1709.01507](https://arxiv.org/abs/1709.01507).
# - Mingxing Tan, Quoc V. Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, 2019,
#   [arXiv:1905.11946](https://arxiv.org/abs/1905.11946).
# - Andrew Howard 외, *Searching for MobileNetV3*, 2019, [arXiv:1905.02244](https://arxiv.org/abs/1905.02244).
#
# `progress()`를 실행하면 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down
# Kernel).
