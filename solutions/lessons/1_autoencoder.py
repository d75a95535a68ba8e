# %% [markdown] lang="en"
# # A network that draws what it saw
#
# **A network looks at a garment, folds it into a map of 7 × 7 places, and draws it again. What gets lost on the
# way?** The last figure of this lesson shows it, pixel by pixel. The network is an **autoencoder**, and you write all
# of it: three exercises, 12 points, about <!-- minutes --> minutes.
#
# Why begin a course on attention with a network that has none? Because attention is a part that is put *into* a
# network. This is the first of the two that we shall put it into; lesson 2 builds the other. To see what attention
# adds, you need to know what is there without it.
#
# ## What attention is about
#
# A deep network sees far more than it needs. **Attention** stresses what matters for the image at hand and
# plays down the rest. It does so by multiplying: a feature map `x` goes in, and out comes `x` times its **gates**,
# numbers between 0 and 1 that the network works out from `x` itself.
#
# ```text
#    x (batch, height, width, channels) ──────────────────────► x × gates   (same shape as x)
#    └──► squeeze: summarise x ──► a few weights, sigmoid ──► gates ─┘
# ```
#
# | attention | asks | squeezes (summarises over) | shape of the gates | lesson |
# |---|---|---|---|---|
# | channel | *what* matters? | height and width | (batch, 1, 1, channels) | 3 |
# | spatial | *where* does it matter? | channels | (batch, height, width, 1) | 4 |
#
# A convolution relates its channels too, but only implicitly: by weights that are fixed after training and the same
# for every image. Attention does it explicitly, and anew for each image. (The tutorial names the two squeeze
# directions the other way round. The table has them as they are; lessons 3 and 4 come back to it.) Now the network.

# %% [markdown] lang="ko"
# # 본 것을 다시 그리는 신경망
#
# **신경망이 옷 한 벌을 보고, 7 × 7 크기의 작은 맵에 담았다가, 다시 그립니다. 그 사이에 무엇을 잃을까요?** 이 레슨의
# 마지막 그림이 픽셀 하나하나까지 보여 줍니다. 이런 신경망을 **오토인코더**(autoencoder)라고 하며, 이 레슨에서 처음부터
# 끝까지 직접 작성합니다. 연습 문제 3개, 12점, 약 <!-- minutes -->분 분량입니다.
#
# 어텐션 강의를 왜 어텐션이 없는 신경망으로 시작할까요? 어텐션은 신경망 **안에 끼워 넣는** 부품이기 때문입니다.
# 오토인코더는 앞으로 어텐션을 넣어 볼 두 신경망 가운데 첫 번째이고, 두 번째는 레슨 2에서 만듭니다. 어텐션이 무엇을 더해
# 주는지 보려면 어텐션이 없을 때의 모습을 먼저 알아야 합니다.
#
# ## 어텐션이란
#
# 깊은 신경망은 필요한 것보다 훨씬 많은 것을 봅니다. **어텐션**(attention)은 지금 보는 이미지에서 중요한 정보를 강조하고
# 나머지를 약하게 합니다. 그 방법은 곱하기입니다. 특징 맵(feature map) `x`가 들어가면 `x`에 **게이트**(gate)를 곱한 것이
# 나옵니다. 게이트는 신경망이 `x`를 보고 구한, 0과 1 사이의 수입니다.
#
# ```text
#    x (batch, height, width, channels) ──────────────────────► x × 게이트   (형태는 x와 같음)
#    └──► 스퀴즈: x를 요약 ──► 가중치 몇 개, 시그모이드 ──► 게이트 ─┘
# ```
#
# | 어텐션 | 묻는 것 | 스퀴즈(squeeze), 곧 요약하는 축 | 게이트의 형태 | 레슨 |
# |---|---|---|---|---|
# | 채널(channel) | **무엇**이 중요한가? | 높이와 너비 | (batch, 1, 1, channels) | 3 |
# | 공간(spatial) | **어디**가 중요한가? | 채널 | (batch, height, width, 1) | 4 |
#
# 합성곱(convolution)도 채널 사이의 관계를 다루지만 암묵적입니다. 학습이 끝나면 가중치가 고정되어 모든 이미지에 똑같이
# 쓰이기 때문입니다. 반면 어텐션은 그 관계를 명시적으로, 이미지마다 새로 구합니다. (튜토리얼에는 두 스퀴즈 방향이 서로
# 뒤바뀌어 적혀 있습니다. 위의 표가 맞으며, 레슨 3과 4에서 다시 살펴봅니다.) 이제 신경망을 만듭니다.

# %% [markdown] lang="en"
# **After this lesson** you can build a network block by block with Keras' functional API, count its parameters, and
# read an error pixel by pixel. **You need** Python functions, NumPy arrays, and what a convolution is.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** Keras의 함수형 API로 신경망을 블록 단위로 만들고, 파라미터 수를 세고, 오차를
# 픽셀 단위로 읽을 수 있습니다. **먼저** 파이썬 함수, NumPy 배열, 합성곱이 무엇인지 알아야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("1-autoencoder")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

# %% [markdown] lang="en"
# ## Look at the data first
#
# Fashion-MNIST holds 70,000 grey pictures of clothing, 28 × 28 pixels, in ten classes. An autoencoder does not use
# the classes: the picture is its own answer. The next figure shows one garment of each class, light on black.

# %% [markdown] lang="ko"
# ## 먼저 데이터를 봅시다
#
# Fashion-MNIST는 옷과 신발, 가방을 찍은 28 × 28 흑백 이미지 70,000장이며 열 가지 클래스로 나뉩니다. 오토인코더는 클래스를 쓰지
# 않습니다. 이미지 자신이 정답이기 때문입니다. 다음 그림은 클래스마다 한 장씩, 검은 바탕에 밝게 찍힌 물건을 보여 줍니다.

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist
from coursekit.plots import comparison, feature_maps, image_grid, image_row, pixel_histogram

data = (x_train, y_train), (x_test, y_test) = load_fashion_mnist()
print("training images:", x_train.shape, x_train.dtype, f"{x_train.nbytes / 1e6:.0f} MB")
# ko: print("훈련 이미지:  ", x_train.shape, x_train.dtype, f"{x_train.nbytes / 1e6:.0f}MB")
print("test images:    ", x_test.shape, x_test.dtype)
# ko: print("테스트 이미지:", x_test.shape, x_test.dtype)
print(f"pixel values:    from {x_train.min()} to {x_train.max()}, mean {x_train.mean():.1f}")
# ko: print(f"픽셀값: {x_train.min()}부터 {x_train.max()}까지, 평균 {x_train.mean():.1f}")
first = [np.argmax(y_train == label) for label in range(10)]  # the first image of each class
# ko: # 클래스마다 첫 번째 이미지
image_row(x_train[first], CLASS_NAMES, title="Trousers, shoes and bags have outlines of their own; the tops share one")
# ko: image_row(x_train[first], CLASS_NAMES, title="바지, 신발, 가방은 저마다 윤곽이 다르고 윗옷은 서로 비슷합니다")

# %% [markdown] lang="en"
# Trousers and boots are told by their outline. Pullover, coat and shirt share theirs: there the fine
# things count, a collar, a row of buttons, a print. Keep them in mind for the last figure.
#
# ## Before and after normalisation
#
# Each pixel is one byte, 0 to 255. A network learns best from numbers of about the size of 1, so we divide by 255.
# The tutorial does it with `x_train = x_train/255.` for all images at once.
#
# *Predict: one pixel takes 1 byte now. How many after the division by `255.`?*

# %% [markdown] lang="ko"
# 바지와 부츠는 윤곽만으로 알아볼 수 있습니다. 풀오버, 코트, 셔츠는 윤곽이 비슷해서 옷깃, 단추, 무늬처럼 작은 것이
# 중요합니다. 마지막 그림을 볼 때까지 기억해 두세요.
#
# ## 정규화 전과 후
#
# 픽셀 하나는 1바이트이고 값은 0에서 255까지입니다. 신경망은 크기가 1쯤인 수를 받을 때 가장 잘 학습되므로 255로
# 나눕니다. 이것을 정규화(normalization)라고 합니다. 튜토리얼에서는 `x_train = x_train/255.` 한 줄로 모든 이미지를
# 한꺼번에 나눕니다.
#
# **예상해 보세요. 지금은 픽셀 하나가 1바이트입니다. `255.`로 나눈 뒤에는 몇 바이트가 될까요?**

# %% experiment
few = x_train[:1_000]
versions = {"few": few, "few / 255.": few / 255.0, 'few.astype("float32") / 255': few.astype("float32") / 255}
for text, images in versions.items():
    megabytes = images.itemsize * x_train.size / 1e6
    print(f"{text:29}{images.dtype!s:9}{images.itemsize} bytes a pixel, {megabytes:4.0f} MB for {len(x_train):,} images")
    # ko: print(f"{text:29}{images.dtype!s:9}픽셀당 {images.itemsize}바이트, 이미지 {len(x_train):,}장에 {megabytes:4.0f}MB")

# %% [markdown] lang="en"
# Eight bytes. NumPy's division turns bytes into **float64**, eight times the memory, and twice what the network
# can use: Keras computes in float32 and converts. So the tutorial's line does no harm to the result, only to the
# memory. It has a second trap: it overwrites its own input. Run that cell twice and the images are almost black.
#
# We do it differently. The images **stay uint8 until their batch**; only the 128 images that the network is about to
# read become float32, 0.4 MB. A function does that, and you write it.
#
# ## Exercise 1: preprocess
#
# A convolution expects four axes, `(batch, height, width, channels)`. A grey picture has one channel, but the axis
# has to be there.
#
# | images | shape | type | values |
# |---|---|---|---|
# | in | (batch, height, width) | uint8 | 0 to 255 |
# | out | (batch, height, width, 1) | float32 | 0 to 1 |
#
# Stuck? `hint("preprocess")` in a cell of your own gives the first of three hints; it works for every exercise.

# %% [markdown] lang="ko"
# 8바이트입니다. NumPy는 바이트를 나누어 **float64**를 만듭니다. 그래서 메모리는 여덟 배가 되는데, Keras는 어차피
# float32로 바꾸어 계산하므로 그 절반은 쓸모도 없습니다. 그러니 튜토리얼의 그 줄은 결과를 망치지는 않지만 메모리를
# 낭비합니다. 함정이 하나 더 있습니다. 입력을 덮어쓰기 때문에, 그 셀을 두 번 실행하면 이미지가 거의 까맣게 됩니다.
#
# 이 강의에서는 다르게 합니다. 이미지는 **배치(batch)에 들어가기 전까지 uint8로 둡니다.** 신경망이 막 읽으려는 128장만
# float32로 바꾸며, 그 크기는 0.4MB입니다. 이 일을 하는 함수를 작성해 봅시다.
#
# ## 연습 문제 1: preprocess
#
# 합성곱은 축이 네 개인 `(batch, height, width, channels)`를 받습니다. 흑백 이미지는 채널이 하나뿐이지만 그 축도 있어야 합니다.
#
# | 이미지 | 형태 | 자료형 | 값 |
# |---|---|---|---|
# | 입력 | (batch, height, width) | uint8 | 0~255 |
# | 출력 | (batch, height, width, 1) | float32 | 0~1 |
#
# 막히면 새 셀에서 `hint("preprocess")`를 실행하세요. 힌트 세 개 가운데 첫 번째가 나옵니다. 다른 연습 문제도
# 마찬가지입니다.

# %% solution="preprocess"
def preprocess(images):
    """Turn bytes into what a convolutional network reads.

    Args:
        images: (batch, height, width), uint8, 0 to 255.

    Returns:
        (batch, height, width, 1), float32, 0 to 1.

    ko: 바이트로 된 이미지를 합성곱 신경망이 읽는 형태로 바꿉니다.

    인수:
        images: (batch, height, width), uint8, 0부터 255까지.

    반환값:
        (batch, height, width, 1), float32, 0부터 1까지.
    """
    ### BEGIN SOLUTION
    scaled = images.astype("float32") / 255
    return scaled[..., np.newaxis]
    ### END SOLUTION

# %% check="preprocess" points=3
check(preprocess)

# %% [markdown] lang="en"
# Did only the unit change, or the pictures too? The next figure counts the pixel values of 1,000 test images before
# and after *your* function. If all is well, both halves have the same bars and only the axis below differs.

# %% [markdown] lang="ko"
# 단위만 바뀌었을까요, 그림도 바뀌었을까요? 다음 그림은 테스트 이미지 1,000장의 픽셀값을 **여러분의** 함수를 거치기 전과 후로
# 나누어 센 것입니다. 제대로 되었다면 양쪽의 막대는 같고 가로축의 숫자만 다릅니다.

# %% experiment
few = x_test[:1_000]
after = preprocess(few)
print(f"shape {few.shape} -> {after.shape}, zeros {(few == 0).mean():.1%} -> {(after == 0).mean():.1%}")
# ko: print(f"형태 {few.shape} -> {after.shape}, 0의 비율 {(few == 0).mean():.1%} -> {(after == 0).mean():.1%}")
pixel_histogram(few, after[..., 0], title="The same bars, another unit: half of all pixels are background")
# ko: pixel_histogram(few, after[..., 0], title="막대는 같고 단위만 다릅니다. 픽셀의 절반은 배경입니다")

# %% [markdown] lang="en"
# Half of all pixels are exactly 0, the background; the others spread over all grey values. A network that
# draws nothing but black is right for every second pixel. We shall need better yardsticks than that.
#
# ## Exercise 2: the block
#
# Encoder and decoder are made of one block, three layers long:
#
# $$y = \mathrm{ReLU}\left(\gamma\,\frac{u - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta\right), \qquad u = W * x + b$$
#
# $W * x + b$ is a convolution of 3 × 3 pixels. $\mu$ and $\sigma^2$ are the mean and variance of each channel over the
# batch; the **batch normalisation** brings every channel to the same scale, then $\gamma$ and $\beta$ are learned.
#
# | layer | shape after it | weights | 1 → 16 channels |
# |---|---|---|---|
# | input | (batch, h, w, c) | | |
# | Conv2D 3 × 3 | (batch, h, w, f) | kernel 9·c·f, bias f | 144 + 16 |
# | BatchNormalization | (batch, h, w, f) | $\gamma$, $\beta$: 2·f | 32 |
# | | | moving mean and variance: 2·f, *not* trainable | (32) |
# | ReLU | (batch, h, w, f) | none | |
# | **sum** | | | **192 trainable, 224 in all** |
#
# *Predict, on paper: how many for 16 → 32 channels?* Run the next cell to write your answer down; `predict` says at once
# what is right, and `progress()` keeps count. The cell after the exercise counts the weights in your block.
#
# The tutorial calls the second argument `filter`. That works, but it hides Python's own function `filter` inside the
# block. We write `filters`, as Keras does.

# %% [markdown] lang="ko"
# 픽셀의 절반은 정확히 0, 곧 배경입니다. 나머지는 여러 밝기에 걸쳐 퍼져 있습니다. 까만 그림만 그리는 신경망도 두 픽셀
# 가운데 하나는 맞는 셈입니다. 그래서 나중에 더 나은 비교 기준이 필요합니다.
#
# ## 연습 문제 2: 블록
#
# 인코더(encoder)와 디코더(decoder)는 세 층으로 된 같은 블록을 쌓아 만듭니다.
#
# $$y = \mathrm{ReLU}\left(\gamma\,\frac{u - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta\right), \qquad u = W * x + b$$
#
# $W * x + b$는 3 × 3 합성곱이고, $\mu$와 $\sigma^2$은 배치 안에서 구한 채널별 평균과 분산입니다. **배치 정규화**(batch
# normalization)는 모든 채널의 크기를 맞춘 다음, 학습되는 스케일(scale) $\gamma$와 시프트(shift) $\beta$로 다시
# 조절합니다.
#
# | 층 | 지난 뒤의 형태 | 가중치 | 채널 1 → 16 |
# |---|---|---|---|
# | 입력 | (batch, h, w, c) | | |
# | Conv2D 3 × 3 | (batch, h, w, f) | 커널(kernel) 9·c·f, 편향(bias) f | 144 + 16 |
# | BatchNormalization | (batch, h, w, f) | $\gamma$, $\beta$: 2·f | 32 |
# | | | 이동 평균(moving mean)과 이동 분산(moving variance): 2·f, **학습되지 않음** | (32) |
# | ReLU | (batch, h, w, f) | 없음 | |
# | **합계** | | | **학습 192개, 전체 224개** |
#
# **종이에 계산하면서 예상해 보세요. 16 → 32 채널이면 몇 개일까요?** 다음 셀을 실행하고 답을 적으세요. `predict`가 바로
# 정답을 알려 주고, 맞힌 개수는 `progress()`에 남습니다. 연습 문제 다음 셀은 여러분의 블록에서 직접 세어 줍니다.
#
# 튜토리얼은 두 번째 인수의 이름을 `filter`로 지었습니다. 작동은 하지만, 블록 안에서 파이썬 내장 함수 `filter`를 가려
# 버립니다. 여기서는 Keras처럼 `filters`라고 씁니다.

# %% experiment
from autograder import predict

predict("weights_16_to_32")

# %% solution="autoencoder_block"
def autoencoder_block(x, filters, name):
    """Convolution, batch normalisation, ReLU. Height and width stay.

    Steps:
        1. Conv2D: `filters` kernels of 3×3, stride 1, same padding, with bias.
        2. BatchNormalization with Keras' defaults.
        3. ReLU.

    Args:
        x: feature map, (batch, height, width, channels).
        filters: number of output channels.
        name: prefix of the layers' names: name + "_conv", "_bn", "_relu".

    Returns:
        Feature map, (batch, height, width, filters).

    ko: 합성곱, 배치 정규화, ReLU. 높이와 너비는 그대로입니다.

    단계:
        1. Conv2D: 3×3 커널 `filters`개, 스트라이드 1, same 패딩, 편향 있음.
        2. Keras 기본값을 쓰는 BatchNormalization.
        3. ReLU.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        filters: 출력 채널 수.
        name: 층 이름의 앞부분. 이름은 name + "_conv", "_bn", "_relu"입니다.

    반환값:
        특징 맵, (batch, height, width, filters).
    """
    ### BEGIN SOLUTION
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
    ### END SOLUTION

# %% check="autoencoder_block" points=4
check(autoencoder_block)

# %% experiment
def one_block(channels, filters):
    """The block as a network of its own.

    ko: 블록 하나로 만든 신경망
    """
    x = keras.Input((28, 28, channels))
    return keras.Model(x, autoencoder_block(x, filters, "block"))

for channels, filters in ((1, 16), (16, 32)):
    block = one_block(channels, filters)
    trainable = sum(int(np.prod(weight.shape)) for weight in block.trainable_weights)
    print(f"{channels} -> {filters}: {trainable:,} trainable, {block.count_params():,} in all")
    # ko: print(f"{channels} -> {filters}: 학습 파라미터 {trainable:,}개, 모두 {block.count_params():,}개")
    for weight in block.weights:
        print(f"    {weight.path.split('/', 1)[-1]:28}{tuple(weight.shape)!s:16}{int(np.prod(weight.shape)):>6,}")

# %% [markdown] lang="en"
# <details><summary>Your prediction for 16 → 32</summary>
#
# Kernel 9 · 16 · 32 = 4,608, bias 32, $\gamma$ and $\beta$ 64: **4,704** trainable. With 64 for the moving mean and
# variance: **4,768**. The kernel grows with the product of both widths, so it soon dwarfs the rest.
# </details>
#
# **One weight too many.** The bias $b$ shifts a whole channel, and the very next step subtracts the channel's mean,
# $b$ and all. *Predict: we add 5 to every bias. How much will the block's output change?*

# %% [markdown] lang="ko"
# <details><summary>16 → 32의 답</summary>
#
# 커널 9 · 16 · 32 = 4,608개, 편향 32개, $\gamma$와 $\beta$ 64개로, 학습 가능한 파라미터(trainable parameters)는
# **4,704개**입니다. 이동 평균과 이동 분산 64개를 더하면 **4,768개**입니다. 커널의 파라미터 수는 두 채널 수의 곱에
# 비례하므로 채널이 늘면 금세 나머지를 압도합니다.
# </details>
#
# **쓸모없는 가중치.** 편향 $b$는 채널 전체를 똑같이 올리거나 내립니다. 그런데 바로 다음 단계에서 채널의 평균을 빼므로
# $b$도 함께 빠집니다. **예상해 보세요. 모든 편향에 5를 더하면 블록의 출력은 얼마나 달라질까요?**

# %% experiment
predict("bias_plus_5")

# %% experiment
block = one_block(1, 16)
convolution = next(layer for layer in block.layers if isinstance(layer, layers.Conv2D))
images = preprocess(x_test[:64])
before = np.array(block(images, training=True))
convolution.bias.assign(convolution.bias + 5)
after = np.array(block(images, training=True))
print(f"outputs up to {before.max():.1f}, largest change {np.abs(after - before).max():.5f}")
# ko: print(f"출력의 최댓값 {before.max():.1f}, 가장 큰 변화 {np.abs(after - before).max():.5f}")

# %% [markdown] lang="en"
# Nothing but rounding. Before a batch normalisation the bias is redundant, and most networks leave it out there
# (`use_bias=False`), as ours will in lesson 2. The tutorial has it, so here it stays and is counted.
#
# ## Exercise 3: the autoencoder
#
# The **encoder** turns the image into a small map, the **latent** map. The **decoder** turns that back into an image.
# With `filters=(16, 32)`:
#
# | stage | shape after it | trainable |
# |---|---|---|
# | image | 28 × 28 × 1 | |
# | encoder 1: block, then max pooling 2 × 2 | 14 × 14 × 16 | 192 |
# | encoder 2: block, then max pooling 2 × 2 | **7 × 7 × 32**, the latent map | 4,704 |
# | decoder 1: block of 32, then up-sampling 2 × 2 | 14 × 14 × 32 | 9,312 |
# | decoder 2: block of 16, then up-sampling 2 × 2 | 28 × 28 × 16 | 4,656 |
# | convolution 3 × 3 to 1 channel, sigmoid | 28 × 28 × 1, values in 0 to 1 | 145 |
#
# Max pooling keeps the largest of every 2 × 2 values. Up-sampling writes each value four times. Note the order of the
# decoder: block first, then up-sampling. Lessons 3 and 4 will hand another `block` to your function, so call the one
# that arrives as an argument.
#
# *Predict: with `filters=(16, 32, 64)` the map is halved three times. What shape does the output have?*

# %% [markdown] lang="ko"
# 반올림 오차 말고는 달라진 것이 없습니다. 배치 정규화 앞의 편향은 쓸모가 없으므로 대개 빼고 쓰며(`use_bias=False`),
# 레슨 2에서는 우리도 뺍니다. 튜토리얼에는 편향이 있으므로 여기서는 그대로 두고 파라미터 수에도 넣습니다.
#
# ## 연습 문제 3: 오토인코더
#
# **인코더**는 이미지를 작은 맵으로 바꿉니다. 이것을 **잠재 맵**(latent map)이라고 합니다. **디코더**는 잠재 맵을
# 다시 이미지로 바꿉니다. `filters=(16, 32)`일 때는 다음과 같습니다.
#
# | 단계 | 지난 뒤의 형태 | 학습 파라미터 |
# |---|---|---|
# | 이미지 | 28 × 28 × 1 | |
# | 인코더 1: 블록, 이어서 2 × 2 최대 풀링(max pooling) | 14 × 14 × 16 | 192 |
# | 인코더 2: 블록, 이어서 2 × 2 최대 풀링 | **7 × 7 × 32**, 잠재 맵 | 4,704 |
# | 디코더 1: 채널 32개 블록, 이어서 2 × 2 업샘플링(up-sampling) | 14 × 14 × 32 | 9,312 |
# | 디코더 2: 채널 16개 블록, 이어서 2 × 2 업샘플링 | 28 × 28 × 16 | 4,656 |
# | 채널 1개로 가는 3 × 3 합성곱, 시그모이드(sigmoid) | 28 × 28 × 1, 값은 0~1 | 145 |
#
# 최대 풀링은 2 × 2개 값 가운데 가장 큰 값만 남깁니다. 업샘플링은 값 하나를 네 위치에 똑같이 씁니다. 디코더의 순서에
# 주의하세요. 블록이 먼저이고 업샘플링이 나중입니다. 레슨 3과 4에서는 이 함수에 다른 `block`을 넘겨줍니다. 그러니 인수로
# 받은 `block`을 호출하세요.
#
# **예상해 보세요. `filters=(16, 32, 64)`이면 맵이 세 번 절반이 됩니다. 출력의 형태는 어떻게 될까요?**

# %% solution="autoencoder"
def autoencoder(input_shape, filters, block=None):
    """Encoder: each stage a block, then half the size. Decoder: each stage a block, then twice the size.

    Steps:
        1. For each width in `filters`: a block, then MaxPooling2D (2×2).
        2. Name the map in the middle: layers.Identity(name="latent").
        3. For each width in reversed order: a block, then UpSampling2D (2×2).
        4. Conv2D, 3×3, same padding, sigmoid, as many filters as the image has channels.

    Args:
        input_shape: (height, width, channels) of one image.
        filters: channels of each stage, for example (16, 32).
        block: function (x, filters, name) that builds a stage; `autoencoder_block` if None.

    Returns:
        keras.Model from images to images of the same shape, values in 0 to 1.

    ko: 인코더는 스테이지마다 블록 뒤에서 크기를 반으로 줄이고, 디코더는 스테이지마다 블록 뒤에서 크기를 두 배로 늘립니다.

    단계:
        1. `filters`의 채널 수마다 블록을 놓고, 그 뒤에 MaxPooling2D(2×2).
        2. 가운데 맵에 이름 붙이기: layers.Identity(name="latent").
        3. `filters`를 거꾸로 돌며 블록을 놓고, 그 뒤에 UpSampling2D(2×2).
        4. Conv2D, 3×3, same 패딩, 시그모이드, 필터 수는 이미지의 채널 수와 같게.

    인수:
        input_shape: 이미지 한 장의 (height, width, channels).
        filters: 스테이지별 채널 수. 예: (16, 32).
        block: 스테이지의 블록을 만드는 함수 (x, filters, name). None이면 `autoencoder_block`.

    반환값:
        이미지에서 같은 형태의 이미지를 내는 keras.Model, 값은 0부터 1까지.
    """
    if block is None:
        block = autoencoder_block
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = inputs
    for stage, width in enumerate(filters, start=1):
        x = block(x, width, f"encoder_{stage}")
        x = layers.MaxPooling2D(name=f"encoder_{stage}_pool")(x)
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(reversed(filters), start=1):
        x = block(x, width, f"decoder_{stage}")
        x = layers.UpSampling2D(name=f"decoder_{stage}_up")(x)
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid", name="image")(x)
    return keras.Model(inputs, outputs, name="autoencoder")
    ### END SOLUTION

# %% check="autoencoder" points=5
check(autoencoder)

# %% experiment
for filters in ((16, 32), (16, 32, 64)):
    model = autoencoder((28, 28, 1), filters)
    latent = model.get_layer("latent").output.shape[1:]
    shapes = [tuple(layer.output.shape[1:]) for layer in model.layers]
    sizes = " -> ".join(str(shape[0]) for shape, before in zip(shapes[1:], shapes) if shape[0] != before[0])
    print(f"filters={filters}: 28 -> {sizes}")
    # ko: =
    print(f"    output {tuple(model.output.shape[1:])}, latent {tuple(latent)} = {np.prod(latent):,} numbers")
    # ko: print(f"    출력 {tuple(model.output.shape[1:])}, 잠재 맵 {tuple(latent)} = 숫자 {np.prod(latent):,}개")
    print(f"    trainable parameters: {sum(int(np.prod(weight.shape)) for weight in model.trainable_weights):,}")
    # ko: print(f"    학습 파라미터: {sum(int(np.prod(weight.shape)) for weight in model.trainable_weights):,}")

# %% [markdown] lang="en"
# Three halvings do not come back. 28 and 14 are even, but 7 is not: pooling drops the odd row and gives 3, and doubling
# gives 6, 12, 24. (With `padding="same"` it would be 4 and end at 32.) A size can be halved $n$ times and
# mirrored only if it is a multiple of $2^n$, and 28 = 4 · 7 allows two.
#
# **An honest word about "compression".** The latent map has 7 · 7 · 32 = **1,568 numbers** for an image of **784**
# pixels. By count nothing is compressed: each of the 49 positions has 32 numbers for the 16 pixels that it stands for. A
# network could copy. Ours loses detail on the way: pooling keeps one value of four and forgets where it stood, up-sampling
# writes one value four times, and the training is short.
#
# ## Train it a little
#
# The loss is the mean squared error between each pixel $x_i$ and the pixel $\hat{x}_i$ that the network drew:
#
# $$\mathrm{MSE} = \frac{1}{784} \sum_{i=1}^{784} (\hat{x}_i - x_i)^2$$
#
# The cell below trains *your* network on 4,000 images. One detail makes so short a run work. Outside of training,
# batch normalisation uses moving averages of $\mu$ and $\sigma^2$. They begin at 0 and 1, and Keras lets each batch
# replace only 1 % of them. After 128 batches a good quarter of the start would still be left: the same weights would
# err four or five times as much on test images. So `train` lets each batch replace 10 %.
#
# The curve grows while the cell runs. Jupyter's stop button (■ in the toolbar) ends the training early, and the network
# keeps what it has learned; `run, model = go_on()` in a cell of your own trains the rest.

# %% [markdown] lang="ko"
# 세 번 줄이면 원래 크기로 돌아오지 못합니다. 28과 14는 짝수이지만 7은 홀수라서, 풀링이 남는 한 줄을 버리고 3을
# 만듭니다. 3을 두 배씩 키우면 6, 12, 24입니다. (`padding="same"`으로 풀링하면 4가 되고 32로 끝납니다.) 따라서 $n$번
# 줄였다가 그대로 되돌리려면 크기가 $2^n$의 배수여야 합니다. 28 = 4 · 7이므로 두 번까지만 됩니다.
#
# **"압축"이라는 말에 대해 솔직히 말하면,** 잠재 맵의 숫자는 7 · 7 · 32 = **1,568개**이고 이미지의 픽셀은
# **784개**입니다. 개수로는 아무것도 압축하지 않았습니다. 위치 49곳마다 그곳이 맡은 16픽셀에 쓸 수 있는 숫자가 32개
# 있으므로, 그대로 베끼는 신경망도 만들 수 있습니다. 우리 신경망은 도중에 세밀한 것을 잃습니다. 풀링은 값 네 개 가운데
# 하나만 남기고 그것이 어디 있었는지는 버리며, 업샘플링은 값 하나를 네 번 씁니다. 학습도 짧습니다.
#
# ## 조금만 학습하기
#
# 손실(loss)은 원래 픽셀 $x_i$와 신경망이 그린 픽셀 $\hat{x}_i$의 평균 제곱 오차(mean squared error, MSE)입니다.
#
# $$\mathrm{MSE} = \frac{1}{784} \sum_{i=1}^{784} (\hat{x}_i - x_i)^2$$
#
# 아래 셀은 **여러분의** 신경망을 이미지 4,000장으로 학습합니다. 이렇게 짧은 학습에는 조치가 하나 필요합니다. 배치
# 정규화는 학습이 끝난 뒤에 $\mu$와 $\sigma^2$의 이동 평균을 씁니다. 이동 평균은 0과 1에서 시작하고, Keras에서는
# 배치마다 1%씩만 새 값으로 바뀝니다. 그래서 배치 128개를 지나도 처음 값이 4분의 1 넘게 남아서, 가중치가 같아도 테스트
# 이미지의 오차가 네다섯 배나 됩니다. 이를 막으려고 `train`은 배치마다 10%씩 바뀌게 합니다.
#
# 셀이 실행되는 동안 학습이 진행되는 대로 곡선이 그려집니다. Jupyter의 정지 버튼(도구 모음의 ■)을 누르면 학습이 일찍
# 끝나고, 그때까지 학습한 가중치는 그대로 남습니다. 새 셀에서 `run, model = go_on()`을 실행하면 나머지를 학습합니다.

# %% experiment
from coursekit.experiments import Budget, by_name, go_on, load_results, train

# A small run, about 10 s on two cores. The full one: python experiments/lessons.py reconstruction
# (15,000 images, 4 epochs; four networks with three seeds each take about 11 minutes).
# ko: 작은 학습입니다. 코어 두 개에서 10초쯤 걸립니다. 전체 학습: python experiments/lessons.py reconstruction
# ko: (이미지 15,000장, 4에포크. 신경망 네 개를 시드 세 개씩 학습하면 11분쯤 걸립니다.)
BUDGET = Budget(images=4_000, epochs=4, seeds=1, test_images=1_000)

def mine():
    """Your autoencoder, new and untrained.

    ko: 여러분이 작성한, 아직 학습하지 않은 새 오토인코더
    """
    return autoencoder((28, 28, 1), (16, 32))

run, model = train("mine", mine, data, BUDGET, "reconstruction", watch=True)
# ko: run, model = train("내 것", mine, data, BUDGET, "reconstruction", watch=True)
print("error after each epoch:", *(f"{loss:.4f}" for loss in run.history))
# ko: print("에포크마다 오차:", *(f"{loss:.4f}" for loss in run.history))
print(f"error on {BUDGET.test_images:,} test images it has never seen: {run.metric:.4f}, {run.seconds:.0f} s")
# ko: print(f"처음 보는 테스트 이미지 {BUDGET.test_images:,}장의 오차: {run.metric:.4f}, {run.seconds:.0f}초")

# %% [markdown] lang="en"
# ## What it draws
#
# The next figure has three rows: eight test images, what your network drew, and how far each pixel is off (black is
# right, white is off by 0.5). *Predict: will the error lie on the large, even areas or somewhere else?*

# %% [markdown] lang="ko"
# ## 신경망이 그린 그림
#
# 다음 그림은 테스트 이미지 8장, 여러분의 신경망이 그린 것, 그리고 픽셀마다 얼마나 틀렸는지(검은색은 맞음, 흰색은 0.5
# 차이)를 세 줄로 보여 줍니다. **예상해 보세요. 오차는 넓고 매끈한 곳에 있을까요, 다른 곳에 있을까요?**

# %% experiment
images = preprocess(x_test[:8])
drawn = model.predict(images, verbose=0)
off = np.abs(drawn - images)
down, across = np.gradient(images[..., 0], axis=(1, 2))
contrast = np.hypot(down, across)  # how fast the grey value changes
# ko: # 밝기가 얼마나 빨리 바뀌는지
steep = contrast > np.quantile(contrast, 0.8)
print(f"on the steepest fifth of all pixels lies {(off[steep] ** 2).sum() / (off**2).sum():.0%} of the squared error")
# ko: print(f"밝기가 가장 가파르게 바뀌는 픽셀 5분의 1에 제곱 오차의 {(off[steep] ** 2).sum() / (off**2).sum():.0%}가 있습니다")
image_grid(
    {"image": images, "redrawn": drawn, "error": off},
    # ko: {"이미지": images, "다시 그린 것": drawn, "오차": off},
    title="After a short training: the shape comes back, the fine things do not",
    # ko: title="짧게 학습하면 전체 모양은 되살아나지만 세밀한 부분은 그렇지 않습니다",
    value_range={"image": (0, 1), "redrawn": (0, 1), "error": (0, 0.5)},
    # ko: value_range={"이미지": (0, 1), "다시 그린 것": (0, 1), "오차": (0, 0.5)},
)

# %% [markdown] lang="en"
# The garments are all there, blurred. The error maps look like drawings in chalk: outlines, creases, prints.
# Large even areas are almost right. About half of the error lies on a fifth of the pixels.
#
# What did the encoder write down? The next figure shows the first 16 of the 32 latent channels for one image,
# 7 × 7 places each, on one colour scale. *Predict: will you still recognise the garment?*

# %% [markdown] lang="ko"
# 옷은 모두 나왔지만 흐릿합니다. 오차 맵은 분필로 그린 듯이 윤곽과 주름과 무늬를 보여 줍니다. 반면 넓고 매끈한 곳은 거의
# 맞습니다. 오차의 절반가량이 픽셀의 5분의 1에 몰려 있습니다.
#
# 인코더는 무엇을 담아 두었을까요? 다음 그림은 이미지 한 장에 대한 잠재 채널 32개 가운데 처음 16개를 같은 색 눈금으로
# 보여 줍니다. 한 채널은 7 × 7 크기입니다. **예상해 보세요. 무슨 옷인지 아직 알아볼 수 있을까요?**

# %% experiment
encoder = keras.Model(model.inputs, model.get_layer("latent").output)
latent = encoder.predict(images[:4], verbose=0)
print(f"latent map of a {CLASS_NAMES[y_test[1]].lower()}: {latent[1].shape}, {(latent == 0).mean():.0%} zeros")
# ko: print(f"{CLASS_NAMES[y_test[1]].lower()}의 잠재 맵: {latent[1].shape}, 0이 {(latent == 0).mean():.0%}")
feature_maps(latent[1], title="Sixteen channels of the latent map: some hold the garment, some its edges, some little")
# ko: feature_maps(latent[1], title="잠재 맵의 채널 16개: 옷 전체를 담은 것, 에지를 담은 것, 거의 비어 있는 것이 있습니다")

# %% [markdown] lang="en"
# Every channel is a tiny picture in the right place: some of the inside, some of one edge or the background,
# some nearly empty. They are *not* equally useful for this image, but the decoder treats them all alike. Remember
# this picture: lesson 3 asks which channels to listen to, lesson 4 at which places to look.
#
# ## Walk through the latent space
#
# The decoder draws *any* latent map, also one that no encoder wrote. The demo takes the maps of two garments and mixes
# them: at 0 % it draws the first, at 100 % the second, in between a mixture of the two maps, and beyond that it goes on
# in the same direction. It builds your `autoencoder` and puts weights into it that come trained with the course.
#
# *Predict: what does it draw halfway from a T-shirt to a boot?*
#
# <details><summary>The demo as a picture</summary>
#
# ![Halfway from a T-shirt to an ankle boot: the drawing shows both at once, shirt and boot half transparent, and hardly
# differs from the two images laid over each other. Below, nine drawings of the whole way.](latent_walk.png)
#
# </details>

# %% [markdown] lang="ko"
# 채널 하나하나가 제 위치에 그려진 작은 그림입니다. 옷의 안쪽을 담은 것, 한쪽 에지(edge)나 배경을 담은 것, 거의 빈 것도
# 있습니다. 이 이미지에 모두 똑같이 쓸모 있는 것은 **아닌데도** 디코더는 모두 똑같이 다룹니다. 이 그림을 기억해 두세요.
# 레슨 3은 어떤 채널에 귀를 기울일지, 레슨 4는 어디를 볼지 묻습니다.
#
# ## 잠재 공간 걷기
#
# 디코더는 **어떤** 잠재 맵이든, 인코더가 만든 적이 없는 맵이라도 그림으로 바꿉니다. 데모는 옷 두 벌의 잠재 맵을
# 섞습니다. 0%에서는 첫 번째 옷을, 100%에서는 두 번째 옷을, 그 사이에서는 두 맵을 섞은 것을 그리고, 그 너머에서는 같은
# 방향으로 계속 나아갑니다. 데모는 여러분의 `autoencoder`로 신경망을 만들고, 강의에 들어 있는 학습된 가중치를 넣습니다.
#
# **예상해 보세요. 티셔츠에서 부츠로 반쯤 간 곳에서는 무엇을 그릴까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![티셔츠에서 앵클부츠로 반쯤 간 곳입니다. 그린 그림에는 반투명한 셔츠와 부츠가 함께 보이고, 두 이미지를 겹친 것과 거의
# 같습니다. 아래에는 시작부터 끝까지 그린 그림 아홉 장이 있습니다.](latent_walk.png)
#
# </details>

# %% experiment
from coursekit import live

live.latent_walk(autoencoder)

# %% [markdown] lang="en"
# A ghost of both. The latent map keeps *place*: its 49 positions say what lies where, so mixing two maps mixes two
# pictures. A network that had learned what garments are would pass through garments on the way.
#
# ## Disturb it
#
# Now we show it what it has never seen: an image with noise on every pixel, or with a grey patch. The sliders set how
# much. *Predict, for each: will it draw the disturbance or mend it?*
#
# <details><summary>The demo as a picture</summary>
#
# ![A pullover, the same with noise and a grey patch, what the network draws of that, and the difference from the clean
# image. In the drawing the noise is smoothed away, the patch is still there.](disturb.png)
#
# </details>

# %% [markdown] lang="ko"
# 두 옷이 유령처럼 겹쳐 나옵니다. 잠재 맵에는 **위치** 정보가 그대로 남아 있습니다. 위치 49곳마다 그곳에 무엇이 있는지
# 담겨 있으므로, 두 맵을 섞으면 두 그림이 섞입니다. 옷이 무엇인지 학습한 신경망이라면 그 사이에서도 옷을 그렸을
# 것입니다.
#
# ## 입력을 방해하기
#
# 이번에는 신경망이 한 번도 보지 못한 것을 보여 줍니다. 모든 픽셀에 잡음(noise)을 넣은 이미지나, 회색 사각형으로 가린
# 이미지입니다. 얼마나 방해할지는 슬라이더로 정합니다. **각각 예상해 보세요. 신경망은 망가진 그대로 그릴까요, 고쳐서
# 그릴까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![풀오버, 거기에 잡음과 회색 사각형을 더한 것, 신경망이 그것을 보고 그린 것, 깨끗한 이미지와의 차이입니다. 그린
# 그림에서 잡음은 뭉개져 사라졌지만 사각형은 그대로 남아 있습니다.](disturb.png)
#
# </details>

# %% experiment
live.disturb(autoencoder)

# %% [markdown] lang="en"
# Strong noise is partly gone. Nobody taught the network that; it draws no fine grain, whatever it is shown. Of little
# noise it takes away less than it adds in errors of its own. A patch hardly improves: it comes back as a smudge of the
# same grey. This network never learned what a shirt *is*, only how to pass on what lies there.
#
# ## The full run
#
# Your network trained for seconds. The course ships the same network trained longer, with several seeds: several
# starting points and orders of the images. One seed would not tell skill from luck.
#
# As yardsticks we need things that do not learn like a network: always drawing the mean image; a 7 × 7 thumbnail, which
# keeps 49 numbers; and PCA, the best *linear* way to keep 196 numbers of an image. *Predict: which of the three does
# the network beat, with its 1,568 numbers?*

# %% [markdown] lang="ko"
# 강한 잡음은 어느 정도 사라집니다. 그렇게 하도록 학습한 적은 없지만, 이 신경망은 무엇을 보여 주든 자잘한 것은 그리지
# 못합니다. 잡음이 약할 때는 신경망이 없애는 잡음보다 새로 더하는 오차가 더 큽니다. 사각형으로 가린 곳은 거의 나아지지
# 않고, 같은 회색 얼룩으로 돌아옵니다. 이 신경망은 셔츠가 **무엇인지** 학습한 적이 없고, 그 위치에 있는 것을 전달하는
# 법만 학습했습니다.
#
# ## 길게 학습한 결과
#
# 여러분의 신경망은 몇 초 동안만 학습했습니다. 강의에는 같은 신경망을 더 오래, 시드(seed) 여러 개로 학습한 결과가 들어
# 있습니다. 시드가 다르면 처음 가중치와 이미지 순서가 달라지므로, 시드 하나로는 실력과 운을 구별할 수 없습니다.
#
# 비교 기준도 필요합니다. 언제나 평균 이미지만 그리기, 숫자 49개만 남기는 7 × 7 축소 이미지, 그리고 이미지를 숫자 196개로 줄이는
# 가장 좋은 **선형** 방법인 PCA(주성분 분석)입니다. **예상해 보세요. 숫자 1,568개를 쓰는 신경망은 이 셋 가운데 무엇을 이길까요?**

# %% experiment
some = x_train[:4_000].reshape(-1, 784) / np.float32(255)
test = x_test.reshape(-1, 784) / np.float32(255)
mean = some.mean(axis=0)
axes = np.linalg.eigh(np.cov(some.T))[1][:, -196:].astype("float32")  # the 196 directions of largest variance
# ko: # 분산이 가장 큰 방향 196개
squares = test.reshape(-1, 7, 4, 7, 4)
yardsticks = {
    "the mean image": test - mean,
    # ko: "평균 이미지": test - mean,
    "7 × 7 thumbnail, 49 numbers": squares - squares.mean(axis=(2, 4), keepdims=True),
    # ko: "7 × 7 축소 이미지, 숫자 49개": squares - squares.mean(axis=(2, 4), keepdims=True),
    "PCA, 196 numbers": (test - mean) - (test - mean) @ axes @ axes.T,
    # ko: "PCA, 숫자 196개": (test - mean) - (test - mean) @ axes @ axes.T,
}
for name, difference in yardsticks.items():
    print(f"{name:30}{np.mean(difference**2):.4f}")
    # ko: print(f"{np.mean(difference**2):.4f}   {name}")
print(f"{'your short run':30}{run.metric:.4f}")
# ko: print(f"{run.metric:.4f}   방금 한 짧은 학습")
shipped = load_results("reconstruction")
errors = by_name(shipped["runs"])["no attention"]
# ko: =
print(f"{'shipped, mean of ' + str(len(errors)) + ' seeds':30}{np.mean(errors):.4f}   {shipped['budget']}")
# ko: print(f"{np.mean(errors):.4f}   {'강의에 들어 있는 결과, 시드 ' + str(len(errors)) + '개의 평균'}   {shipped['budget']}")

# %% [markdown] lang="en"
# The figure below shows the shipped runs one by one: each dot is the error of one seed on 10,000 test images.

# %% [markdown] lang="ko"
# 아래 그림은 강의에 든 결과를 하나씩 보여 줍니다. 점 하나가 시드 하나이고, 테스트 이미지 10,000장에서 측정한
# 오차입니다.

# %% experiment
comparison(
    {"no attention": errors},
    # ko: {"어텐션 없음": errors},
    title=f"The same network, {len(errors)} seeds: they differ by {np.ptp(errors) / np.mean(errors):.0%} of their mean",
    # ko: title=f"같은 신경망, 시드 {len(errors)}개: 오차가 평균의 {np.ptp(errors) / np.mean(errors):.0%}만큼 서로 다릅니다",
    xlabel="mean squared error on the test images",
    # ko: xlabel="테스트 이미지의 평균 제곱 오차",
    better="lower",
)

# %% [markdown] lang="en"
# And this is what such a network draws. As before: image, redrawn, error. Black is right, white off by 0.5.

# %% [markdown] lang="ko"
# 그리고 그런 신경망이 그린 그림입니다. 앞에서처럼 이미지, 다시 그린 것, 오차 순서이고, 검은색은 맞음, 흰색은 0.5 차이입니다.

# %% experiment
from coursekit.results import results_folder

with np.load(results_folder() / "reconstruction.npz") as pictures:
    shown, redrawn = pictures["image"] / 255.0, pictures["no attention"] / 255.0
    # ko: =
image_grid(
    {"image": shown, "redrawn": redrawn, "error": np.abs(redrawn - shown)},
    # ko: {"이미지": shown, "다시 그린 것": redrawn, "오차": np.abs(redrawn - shown)},
    title="What is lost even after the full training: prints, seams, the sharpness of edges",
    # ko: title="길게 학습해도 되살아나지 않는 것: 무늬, 솔기, 또렷한 에지",
    value_range={"image": (0, 1), "redrawn": (0, 1), "error": (0, 0.5)},
    # ko: value_range={"이미지": (0, 1), "다시 그린 것": (0, 1), "오차": (0, 0.5)},
)

# %% [markdown] lang="en"
# **So what gets lost?** Shape, place and brightness come through. What is lost is what changes from one pixel
# to the next: prints, seams, sharp edges; the very things by which a pullover, a coat and a shirt differ.
#
# ## What was measured, and what that does not show
#
# - The network draws garments that it has never seen, far better than the mean image or the thumbnail.
# - PCA does better with an eighth of the numbers. It pays in another coin: 784 · 196 + 784 = 154,448 learned
#   numbers against 19,009, fitted to whole images of this one size. The network uses the same small kernels everywhere.
# - Equal networks differ by seed. A difference between two designs that is smaller than that may be luck.
# - It does **not** show how good a drawing looks to people. The squared error prefers a blur to a sharp line in the
#   wrong place.
# - It does **not** show what longer training or wider layers would give, and nothing about attention yet.
#
# **A question to take along.** The file with the results holds three more networks: this one with channel attention,
# with spatial attention, with both. Some latent channels were nearly empty, and the error sits in few places.
# Would gates help? Write down your guess. Lessons 3 and 4 open the file.
#
# ## Quiz
#
# <details><summary>1. Somebody builds <code>autoencoder((28, 28, 1), (16, 8))</code>. Is that compression, by
# count?</summary>
#
# Yes. The latent map is 7 × 7 × 8 = 392 numbers for 784 pixels. With `(16, 16)` it would be 784 for 784.
# </details>
#
# <details><summary>2. Somebody else trains on <code>x_train / 255.</code> without a cast. Is the result wrong? What
# does it cost?</summary>
#
# The result is the same but for rounding, because Keras converts to float32. It costs memory: 376 MB for the training
# images instead of 47 MB. On a small machine that can kill the kernel.
# </details>
#
# <details><summary>3. Your images are 48 × 48 with three colours. How many halvings mirror back, and how many filters
# has the last convolution?</summary>
#
# 48 = 16 · 3 = 2⁴ · 3, so up to four: 48, 24, 12, 6, 3 and back. The last convolution has 3 filters, one for each
# colour.
# </details>
#
# ## To read
#
# - Geoffrey Hinton and Ruslan Salakhutdinov, *Reducing the Dimensionality of Data with Neural Networks*, 2006,
#   [Science 313](https://doi.org/10.1126/science.1127647): deep autoencoders against PCA.
# - Sergey Ioffe and Christian Szegedy, *Batch Normalization*, 2015,
#   [arXiv:1502.03167](https://arxiv.org/abs/1502.03167).
# - Han Xiao, Kashif Rasul and Roland Vollgraf, *Fashion-MNIST*, 2017,
#   [arXiv:1708.07747](https://arxiv.org/abs/1708.07747).
# - Pascal Vincent and others, *Extracting and Composing Robust Features with Denoising Autoencoders*, 2008,
#   [ICML](https://doi.org/10.1145/1390156.1390294): how to teach a network to mend what you disturbed above.
#
# `progress()` shows your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# **그래서 무엇을 잃었을까요?** 모양과 위치와 밝기는 그대로 남았습니다. 잃은 것은 바로 옆 픽셀과 달라지는 것들, 곧
# 무늬와 솔기와 또렷한 에지입니다. 풀오버와 코트와 셔츠를 구별해 주는 것이 하필 이것들입니다.
#
# ## 측정한 것, 그리고 아직 알 수 없는 것
#
# - 이 신경망은 한 번도 보지 못한 옷을 평균 이미지나 축소 이미지보다 훨씬 잘 그립니다.
# - PCA는 숫자를 8분의 1만 쓰고도 더 잘합니다. 대신 다른 대가가 있습니다. 학습한 수가 154,448개(784 · 196 + 784)로
#   신경망의 19,009개보다 훨씬 많고, 이 크기의 이미지 전체에 맞추어져 있습니다. 반면 신경망은 모든 위치에 똑같은 작은
#   커널을 씁니다.
# - 같은 신경망도 시드에 따라 결과가 다릅니다. 두 설계의 차이가 그보다 작다면 우연일 수 있습니다.
# - 그림이 사람 눈에 얼마나 좋아 보이는지는 **알 수 없습니다.** 제곱 오차로는 어긋난 위치에 그은 또렷한 선보다 흐릿한
#   얼룩이 더 좋게 평가됩니다.
# - 더 오래 학습하거나 층을 넓히면 어떻게 되는지도 **알 수 없습니다.** 어텐션에 대해서도 아직 아무것도 알려 주지 않습니다.
#
# **레슨 3까지 생각해 볼 질문.** 결과 파일에는 신경망이 세 개 더 있습니다. 이 신경망에 채널 어텐션을 넣은 것, 공간
# 어텐션을 넣은 것, 둘 다 넣은 것입니다. 잠재 채널 가운데 몇 개는 거의 비어 있었고 오차는 몇 군데에 몰려 있었습니다.
# 게이트를 달면 나아질까요? 예상을 적어 두세요. 레슨 3과 4에서 결과를 열어 봅니다.
#
# ## 퀴즈
#
# <details><summary>1. 누군가 <code>autoencoder((28, 28, 1), (16, 8))</code>을 만들었습니다. 개수로 보면 압축일까요?</summary>
#
# 그렇습니다. 픽셀은 784개인데 잠재 맵은 7 × 7 × 8 = 392개입니다. `(16, 16)`이라면 784개로 같습니다.
# </details>
#
# <details><summary>2. 다른 사람은 자료형을 바꾸지 않고 <code>x_train / 255.</code>로 학습합니다. 결과가 틀릴까요? 대가는
# 무엇일까요?</summary>
#
# Keras가 float32로 바꾸므로 결과는 반올림 오차 말고는 같습니다. 대가는 메모리입니다. 훈련 이미지가 47MB가 아니라 376MB를
# 차지합니다. 작은 컴퓨터에서는 이 때문에 커널이 죽을 수 있습니다.
# </details>
#
# <details><summary>3. 48 × 48 컬러 이미지(채널 3개)를 씁니다. 몇 번까지 줄였다가 그대로 되돌릴 수 있을까요? 마지막 합성곱의 필터는
# 몇 개일까요?</summary>
#
# 48 = 16 · 3 = 2⁴ · 3이므로 네 번까지입니다. 48, 24, 12, 6, 3으로 줄었다가 되돌아옵니다. 마지막 합성곱의 필터는 색마다 하나씩
# 3개입니다.
# </details>
#
# ## 더 읽을거리
#
# - Geoffrey Hinton, Ruslan Salakhutdinov, *Reducing the Dimensionality of Data with Neural Networks*, 2006,
#   [Science 313](https://doi.org/10.1126/science.1127647): 깊은 오토인코더와 PCA의 비교.
# - Sergey Ioffe, Christian Szegedy, *Batch Normalization*, 2015, [arXiv:1502.03167](https://arxiv.org/abs/1502.03167).
# - Han Xiao, Kashif Rasul, Roland Vollgraf, *Fashion-MNIST*, 2017,
#   [arXiv:1708.07747](https://arxiv.org/abs/1708.07747).
# - Pascal Vincent 외, *Extracting and Composing Robust Features with Denoising Autoencoders*, 2008,
#   [ICML](https://doi.org/10.1145/1390156.1390294): 위에서 망가뜨린 것을 고치도록 가르치는 방법.
#
# `progress()`를 실행하면 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
