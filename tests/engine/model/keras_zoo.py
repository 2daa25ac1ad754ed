"""Small Keras models of every kind that is converted, and where their files come from. Keras runs on torch."""

import numpy as np


def cnn(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((17, 15, 3)),
            layers.Rescaling(1 / 255.0, offset=-1.0),
            layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(12, 3, activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(16, activation="gelu"),
            layers.Dense(5, activation="softmax"),
        ]
    )


def separable(keras):
    layers = keras.layers
    x = start = keras.Input((16, 16, 3))
    x = layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0])(x)
    x = layers.SeparableConv2D(8, 3, padding="same", activation="relu")(x)
    x = layers.ZeroPadding2D(((0, 1), (1, 0)))(x)
    x = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2)(x)
    x = layers.Activation("hard_swish")(layers.BatchNormalization()(x))
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Conv2D(16, 1, activation="hard_sigmoid")(gate)
    x = layers.GlobalAveragePooling2D()(layers.Multiply()([x, gate]))
    return keras.Model(start, layers.Dense(4)(x))


def residual(keras):
    layers = keras.layers
    start = keras.Input((16, 16, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="silu")(start)
    x = layers.Add()([x, layers.Conv2D(8, 3, padding="same", activation="relu")(x)])
    y = layers.Conv2D(8, 3, padding="same")(layers.LeakyReLU(negative_slope=0.3)(x))
    z = layers.Concatenate()([2 * (x + y), y])
    z = layers.Cropping2D(1)(layers.UpSampling2D()(layers.AveragePooling2D(2)(z)))
    z = layers.Conv2DTranspose(4, 2, strides=2, padding="same")(z)
    z = layers.Conv2DTranspose(4, 4, strides=2, padding="same")(z)
    z = layers.LayerNormalization()(z)
    return keras.Model(start, [layers.Flatten()(z), layers.Reshape((-1, 4))(z)])


def perceptron(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((20,)),
            layers.Dense(30, activation="elu"),
            layers.BatchNormalization(),
            layers.PReLU(),
            layers.Dense(3),
        ]
    )


def recurrent(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12,)),
            layers.Embedding(30, 8),
            layers.Bidirectional(layers.LSTM(6, return_sequences=True)),
            layers.GRU(5, return_sequences=True),
            layers.SimpleRNN(5),
            layers.Dense(2),
        ]
    )


def transformer(keras):
    layers = keras.layers
    start = keras.Input((9, 16))
    x = layers.LayerNormalization()(layers.Add()([start, layers.MultiHeadAttention(4, 4)(start, start)]))
    x = layers.LayerNormalization()(layers.Add()([x, layers.Dense(16)(layers.Dense(32, activation="gelu")(x))]))
    return keras.Model(start, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))


def waveform(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((50, 3)),
            layers.Conv1D(8, 5, padding="causal", activation="silu"),
            layers.MaxPooling1D(2),
            layers.BatchNormalization(),
            layers.Conv1D(8, 3, dilation_rate=2, padding="same"),
            layers.Flatten(),
            layers.BatchNormalization(),
            layers.Dense(2),
        ]
    )


def nested(keras):
    body = residual(keras)
    start = keras.Input((16, 16, 1))
    return keras.Model(start, keras.layers.Dense(3)(body(start)[0]))


ZOO = {
    "cnn": cnn,
    "separable": separable,
    "residual": residual,
    "perceptron": perceptron,
    "recurrent": recurrent,
    "transformer": transformer,
    "waveform": waveform,
    "nested": nested,
}


def build(keras, name):
    """A model whose weights are random throughout, statistics of normalisations included."""
    keras.utils.clear_session()  # names are counted from the start
    keras.utils.set_random_seed(3)
    model = ZOO[name](keras)
    random = np.random.default_rng(4)
    for variable in model.weights:
        value = variable.value.detach().cpu().numpy()
        variable.assign(value + 0.2 * random.random(value.shape, np.float32))
    return model


def inputs_of(model, count=3):
    """Random inputs; whole numbers for models that begin with an embedding."""
    random = np.random.default_rng(5)
    shape = (count, *model.inputs[0].shape[1:])
    if "Embedding" in {type(layer).__name__ for layer in model.layers}:
        return random.integers(0, 30, shape).astype(np.float32)
    return random.random(shape, np.float32)
