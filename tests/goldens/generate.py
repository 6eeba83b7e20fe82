#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Computes the golden numbers of the tests with PyTorch, in double, and writes them to the headers beside this file.

    /usr/bin/python3 tests/goldens/generate.py

Every algorithm is the plain formula of its paper, differentiated by torch.autograd through the whole inner loop.
Every stored gradient is compared with fourth-order central differences of the whole outer loss before it is written;
where a rule holds gradients fixed, the recorded gradients are replayed in the differences.
Conventions: README.md.
"""
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
HERE = pathlib.Path(__file__).resolve().parent


# -------------------------------------------------------------------------------- inputs
def vector(values):
    return torch.tensor(list(values), dtype=torch.float64)


def parameters(count, scale=1.0):
    return vector(scale * 0.6 * math.sin(12.9898 * (i + 1) + 0.1 * (i % 13)) for i in range(count))


def support_inputs(*shape):
    return vector(2.0 * math.sin(0.7 * j + 0.3) for j in range(math.prod(shape))).reshape(shape)


def support_targets(*shape):
    return vector(math.sin(1.3 * j + 0.5) for j in range(math.prod(shape))).reshape(shape)


def query_inputs(*shape):
    return vector(2.0 * math.sin(0.9 * j + 1.1) for j in range(math.prod(shape))).reshape(shape)


def query_targets(*shape):
    return vector(math.sin(1.1 * j + 0.2) for j in range(math.prod(shape))).reshape(shape)


def labels(rows, ways):
    return torch.arange(rows) % ways


def direction(count):
    return vector(math.cos(0.37 * i) for i in range(count))


def coordinate_rates(rate, count):
    return vector(rate * (1.0 + 0.01 * (i % 7)) for i in range(count))


# -------------------------------------------------------------------------------- models
class dense:
    """y = x W + b with W stored [in][out]."""

    def __init__(self, inputs, outputs, bias=True):
        self.inputs, self.outputs, self.bias = inputs, outputs, bias
        self.count = inputs * outputs + (outputs if bias else 0)

    def __call__(self, p, x):
        cut = self.inputs * self.outputs
        y = x @ p[:cut].reshape(self.inputs, self.outputs)
        return y + p[cut:] if self.bias else y


class function:
    count = 0

    def __init__(self, f):
        self.f = f

    def __call__(self, p, x):
        return self.f(x)


tanh = function(torch.tanh)


class residual:
    """y = x + inner(x)."""

    def __init__(self, *layers):
        self.inner = net(*layers)
        self.count = self.inner.count

    def __call__(self, p, x):
        return x + self.inner(p, x)


EPSILON = 1e-5


class layer_norm:
    def __init__(self, size):
        self.size, self.count = size, 2 * size

    def __call__(self, p, x):
        centered = x - x.mean(1, keepdim=True)
        variance = (centered * centered).mean(1, keepdim=True)
        return p[: self.size] * centered / torch.sqrt(variance + EPSILON) + p[self.size:]


class batch_norm:
    """Statistics of the batch at hand, or of `reference`, the same layer's input for another batch."""

    def __init__(self, size):
        self.size, self.count = size, 2 * size

    def __call__(self, p, x, reference=None):
        reference = x if reference is None else reference
        mean = reference.mean(0)
        variance = ((reference - mean) ** 2).mean(0)
        return p[: self.size] * (x - mean) / torch.sqrt(variance + EPSILON) + p[self.size:]


class net:
    def __init__(self, *layers):
        self.layers = layers
        self.counts = [layer.count for layer in layers]
        self.count = sum(self.counts)

    def parts(self, p):
        return torch.split(p, self.counts)

    def __call__(self, p, x):
        for layer, own in zip(self.layers, self.parts(p)):
            x = layer(own, x)
        return x

    def with_statistics_of(self, p, x, support):
        """The output for x, where batch normalization takes its statistics from `support`."""
        for layer, own in zip(self.layers, self.parts(p)):
            after = layer(own, support)
            x = layer(own, x, support) if isinstance(layer, (batch_norm, image_batch_norm)) else layer(own, x)
            support = after
        return x

    def mask(self, chosen):
        """One where the layer with that index is chosen, else zero."""
        return torch.cat([torch.full((layer.count,), float(chosen(i))) for i, layer in enumerate(self.layers)])


def mse(prediction, target):
    return ((prediction - target) ** 2).mean()


def cross_entropy(logits, classes):
    return -torch.log_softmax(logits, 1)[torch.arange(len(classes)), classes].mean()


# -------------------------------------------------------------------------------- derivatives
def gradient(loss, at):
    return torch.autograd.grad(loss, at, create_graph=True, allow_unused=True)[0]


def value_gradient_product(f, at):
    """f(at), its gradient and its Hessian times `direction`."""
    x = at.clone().requires_grad_()
    value = f(x)
    g = gradient(value, x)
    product = gradient((g * direction(x.numel()).reshape(x.shape)).sum(), x) if g.requires_grad else None
    return value, g, torch.zeros_like(x) if product is None else product


CHECKS = {"count": 0, "worst": 0.0}


def assert_close(found, wanted, tolerance, what):
    error = float((found - wanted).abs().max() / max(1e-300, float(wanted.abs().max())))
    CHECKS["count"] += 1
    CHECKS["worst"] = max(CHECKS["worst"], error)
    assert error <= tolerance, f"{what}: relative error {error:g}, at most {tolerance:g} wanted"


def check_by_differences(f, at, g, what, tolerance=1e-8, h=4e-4):
    """Derivatives of f along three directions, the differences taken apart from any autograd."""
    at = at.detach()
    for way in range(3):
        d = vector(math.sin((2.3 + way) * i * i + 0.7 * way + 1.0) for i in range(at.numel())).reshape(at.shape)
        d = d / d.norm()
        near = (f(at + h * d) - f(at - h * d)).detach()
        far = (f(at + 2 * h * d) - f(at - 2 * h * d)).detach()
        slope = (8 * near - far) / (12 * h)
        product = (g.detach() * d).sum(tuple(range(-at.dim(), 0)))
        scale = max(float(g.norm()), 1e-12)
        CHECKS["count"] += 1
        error = float((slope - product).abs().max()) / scale
        CHECKS["worst"] = max(CHECKS["worst"], error)
        assert error <= tolerance, f"{what}: {float(product):.15g} stored, {float(slope):.15g} by differences"


# -------------------------------------------------------------------------------- output
class header:
    seen = {}

    def __init__(self, file, purpose, includes=()):
        self.file = file
        self.lines = [
            "// SPDX-License-Identifier: BSL-1.0",
            f"// {purpose}",
            f"// Written by generate.py, torch {torch.__version__}, float64, one thread, CPU. Conventions: README.md.",
            "#pragma once",
            "",
            "#include <array>",
            "",
            *[f'#include "{name}"' for name in includes],
            *([""] if includes else []),
            "namespace priori::goldens {",
        ]

    def case(self, name, comment, **numbers):
        self.lines += ["", f"// {comment}", f"namespace {name} {{"]
        for key, value in numbers.items():
            self.number(name, key, value)
        self.lines.append(f"}} // namespace {name}")

    def number(self, name, key, value):
        value = torch.as_tensor(value, dtype=torch.float64).detach()
        assert torch.isfinite(value).all(), f"{name}::{key} is not finite"
        if value.dim() == 0:
            self.lines.append(f"inline constexpr double {key} = {float(value):.17g};")
            return
        text = [f"{float(x):.17g}" for x in value.reshape(-1)]
        first = self.seen.setdefault((self.file, *text), f"{name}::{key}")
        if first != f"{name}::{key}":
            self.lines.append(f"inline constexpr std::array<double, {len(text)}> {key} = {first};")
            return
        self.lines.append(f"inline constexpr std::array<double, {len(text)}> {key}{{")
        for row in range(0, len(text), 4):
            self.lines.append("    " + ", ".join(text[row:row + 4]) + ",")
        self.lines.append("};")

    def write(self):
        assert all(len(line) <= 120 for line in self.lines), [line for line in self.lines if len(line) > 120]
        (HERE / self.file).write_text("\n".join([*self.lines, "", "} // namespace priori::goldens", ""]))


# -------------------------------------------------------------------------------- A. layers
def write_layers():
    out = header("layers.hpp", "Golden numbers: activations and layers.")
    points = vector([-2.1, -1.3, -0.7, -0.35, -0.05, 0.15, 0.6, 1.2, 2.4])
    activations = {
        "relu": torch.relu,
        "leaky_relu": lambda x: torch.where(x > 0, x, 0.01 * x),
        "elu": lambda x: torch.where(x > 0, x, torch.exp(x) - 1.0),
        "gelu": lambda x: 0.5 * x * (1.0 + torch.erf(x / math.sqrt(2.0))),
        "softplus": lambda x: torch.log1p(torch.exp(x)),
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "sine": torch.sin,
    }
    theirs = {"leaky_relu": F.leaky_relu, "elu": F.elu, "gelu": F.gelu, "softplus": F.softplus}
    for name, f in activations.items():
        x = points.clone().requires_grad_()
        y = f(x)
        first = gradient(y.sum(), x)
        second = gradient(first.sum(), x) if first.requires_grad else None
        second = torch.zeros_like(x) if second is None else second
        if name in theirs:
            assert_close(y, theirs[name](x), 1e-14, name)
        h = 1e-3
        slope = lambda g: (8 * (g(points + h) - g(points - h)) - (g(points + 2 * h) - g(points - 2 * h))) / (12 * h)
        assert_close(slope(f), first.detach(), 1e-9, name)
        out.case(f"activation_{name}", f"{name} at nine points: value, first and second derivative",
                 points=points, value=y, first=first, second=second)

    x, target = support_inputs(6, 4), support_targets(6, 3)
    for name, what, model in [
        ("net_dense", "input 4, dense 5, tanh, dense 3", net(dense(4, 5), tanh, dense(5, 3))),
        ("net_dense_without_bias", "input 4, dense 5, tanh, dense 3, no biases",
         net(dense(4, 5, False), tanh, dense(5, 3, False))),
        ("net_layer_norm", "input 4, dense 5, layer_norm, tanh, dense 3",
         net(dense(4, 5), layer_norm(5), tanh, dense(5, 3))),
        ("net_batch_norm", "input 4, dense 5, batch_norm (statistics of the batch), tanh, dense 3",
         net(dense(4, 5), batch_norm(5), tanh, dense(5, 3))),
        ("net_residual", "input 4, x + tanh(dense 4), dense 3", net(residual(dense(4, 4), tanh), dense(4, 3))),
    ]:
        f = lambda p: mse(model(p, x), target)
        theta = parameters(model.count)
        loss, g, product = value_gradient_product(f, theta)
        check_by_differences(f, theta, g, name)
        check_by_differences(lambda p: (value_gradient_product(f, p)[1] * direction(model.count)).sum(),
                             theta, product, name + " product")
        out.case(name, f"{what}; mse, 6 rows",
                 loss=loss, prediction=model(theta, x), gradient=g, product=product)
    p, z = parameters(10), support_inputs(6, 5)
    assert_close(layer_norm(5)(p, z), F.layer_norm(z, (5,), p[:5], p[5:]), 1e-13, "layer_norm")
    assert_close(batch_norm(5)(p, z), F.batch_norm(z, None, None, p[:5], p[5:], True), 1e-13, "batch_norm")
    out.write()


# -------------------------------------------------------------------------------- A2. layers of images
def to_torch(x):
    """Images or signals with channels last, as torch wants them."""
    return x.movedim(-1, 1)


def from_torch(x):
    return x.movedim(1, -1)


class convolution:
    """Weight stored [ky][kx][channel][filter], then the bias; an option is one number, or height's and width's."""

    def __init__(self, channels, filters, kernel=3, stride=1, padding=1, dilation=1, groups=1, bias=True):
        self.shape = (*(kernel if isinstance(kernel, tuple) else (kernel, kernel)), channels // groups, filters)
        self.options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        self.cut, self.bias = math.prod(self.shape), bias
        self.count = self.cut + (filters if bias else 0)

    def __call__(self, p, x):
        weight = p[: self.cut].reshape(self.shape).permute(3, 2, 0, 1)
        return from_torch(F.conv2d(to_torch(x), weight, p[self.cut:] if self.bias else None, **self.options))


class image_batch_norm:
    """Every channel over all images, or signals, and places of the batch."""

    def __init__(self, size):
        self.size, self.count = size, 2 * size

    def __call__(self, p, x, reference=None):
        if reference is None:
            return from_torch(F.batch_norm(to_torch(x), None, None, p[: self.size], p[self.size:], True, 0.0, EPSILON))
        places = tuple(range(reference.dim() - 1))
        mean = reference.mean(places)
        variance = ((reference - mean) ** 2).mean(places)
        return p[: self.size] * (x - mean) / torch.sqrt(variance + EPSILON) + p[self.size:]


class image_shift_norm:
    """The same without a scale."""

    def __init__(self, size):
        self.size, self.count = size, size

    def __call__(self, p, x):
        return from_torch(F.batch_norm(to_torch(x), None, None, torch.ones(self.size), p, True, 0.0, EPSILON))


class image_average_norm:
    """By given averages: mean 0.3 p(i), variance 1 + p(i) / 2, i over the channels of all sets; here those of `set`."""

    def __init__(self, size, sets=1, set=0):
        self.size, self.sets, self.set, self.count = size, sets, set, 2 * size * sets

    def __call__(self, p, x):
        scale, shift, numbers = (part.reshape(-1, self.size)[self.set]
                                 for part in (*p.split(self.size * self.sets), parameters(self.size * self.sets)))
        return from_torch(F.batch_norm(to_torch(x), 0.3 * numbers, 1.0 + numbers / 2.0, scale, shift, False, 0.0,
                                       EPSILON))


relu = function(torch.relu)
flatten = function(lambda x: x.reshape(x.shape[0], -1))
global_mean = function(lambda x: x.mean((1, 2)))


def max_pool(window, stride=None):
    return function(lambda x: from_torch(F.max_pool2d(to_torch(x), window, stride)))


def average_pool(window, stride=None):
    return function(lambda x: from_torch(F.avg_pool2d(to_torch(x), window, stride)))


def conv_block(channels, filters):
    return convolution(channels, filters, bias=False), image_batch_norm(filters), relu, max_pool(2)


def strided_block(channels, filters):
    return convolution(channels, filters, stride=2, bias=False), image_shift_norm(filters), relu


def write_nets(out, cases):
    target = support_targets(6, 3)
    for name, what, size, kinks, model in cases:
        x = support_inputs(6, *size)
        f = lambda p: mse(model(p, x), target)
        theta = parameters(model.count)
        loss, g, product = value_gradient_product(f, theta)
        if kinks:  # differences fail where a maximum changes: the Hessian is symmetric, and small steps meet no kink
            other = vector(math.sin(0.53 * i + 0.2) for i in range(model.count))
            at = theta.clone().requires_grad_()
            across = gradient((gradient(f(at), at) * other).sum(), at)
            assert_close((across * direction(model.count)).sum(), (product * other).sum(), 1e-11, name + " symmetry")
            h = 1e-7
            slope = (f(theta + h * other) - f(theta - h * other)) / (2 * h)
            assert_close(slope, (g * other).sum(), 1e-5, name)
        else:
            check_by_differences(f, theta, g, name)
            check_by_differences(lambda p: (value_gradient_product(f, p)[1] * direction(model.count)).sum(),
                                 theta, product, name + " product")
        out.case(name, f"{' x '.join(map(str, size))}: {what}; mse, 6 rows", loss=loss, gradient=g, product=product)


def write_support_statistics(out, name, what, size, model):
    """The loss of 9 queries, normalized by 6 support rows."""
    x, x_query, y_query = support_inputs(6, *size), query_inputs(9, *size), labels(9, 3)
    f = lambda p: cross_entropy(model.with_statistics_of(p, x_query, x), y_query)
    theta = parameters(model.count)
    loss, g, product = value_gradient_product(f, theta)
    check_by_differences(f, theta, g, name)
    check_by_differences(lambda p: (value_gradient_product(f, p)[1] * direction(model.count)).sum(), theta, product,
                         name + " product")
    out.case(name, f"{' x '.join(map(str, size))}: {what}; 9 queries", loss=loss, gradient=g, product=product)


def write_images():
    out = header("images.hpp", "Golden numbers: layers of images.")
    cases = [
        ("image_convolution", "convolution 3 (3 x 3, padding 1), tanh, flatten, dense 3", (5, 4, 2), False,
         net(convolution(2, 3), tanh, flatten, dense(60, 3))),
        ("image_strided", "convolution 3 (stride 2, no bias), tanh, flatten, dense 3", (7, 6, 2), False,
         net(convolution(2, 3, stride=2, bias=False), tanh, flatten, dense(36, 3))),
        ("image_dilated", "convolution 3 (dilation 2, padding 0), tanh, flatten, dense 3", (7, 6, 2), False,
         net(convolution(2, 3, dilation=2, padding=0), tanh, flatten, dense(18, 3))),
        ("image_grouped", "convolution 6 (2 x 2, padding 0, groups 2), tanh, flatten, dense 3", (4, 5, 4), False,
         net(convolution(4, 6, kernel=2, padding=0, groups=2), tanh, flatten, dense(72, 3))),
        ("image_all_options", "convolution 4 (stride 2, dilation 2, padding 2, groups 4), tanh, flatten, dense 3",
         (9, 8, 4), False,
         net(convolution(4, 4, stride=2, dilation=2, padding=2, groups=4), tanh, flatten, dense(80, 3))),
        ("image_two_axes",
         "convolution 3 (3 x 5, stride (2, 1), padding (1, 2), dilation (1, 2)), tanh, flatten, dense 3", (5, 7, 2),
         False,
         net(convolution(2, 3, (3, 5), stride=(2, 1), padding=(1, 2), dilation=(1, 2)), tanh, flatten, dense(27, 3))),
        ("image_max_pool", "convolution 3, max_pool 2, tanh, flatten, dense 3", (7, 6, 2), True,
         net(convolution(2, 3), max_pool(2), tanh, flatten, dense(27, 3))),
        ("image_max_pool_overlapping", "convolution 3, max_pool 3 (stride 2), tanh, flatten, dense 3", (7, 6, 2), True,
         net(convolution(2, 3), max_pool(3, 2), tanh, flatten, dense(18, 3))),
        ("image_means", "convolution 3, tanh, average_pool 2, convolution 3, tanh, global_mean, dense 3",
         (7, 6, 2), False,
         net(convolution(2, 3), tanh, average_pool(2), convolution(3, 3), tanh, global_mean, dense(3, 3))),
        ("image_average_pool_overlapping", "convolution 3, average_pool 3 (stride 2), tanh, flatten, dense 3",
         (7, 6, 2), False, net(convolution(2, 3), average_pool(3, 2), tanh, flatten, dense(18, 3))),
        ("image_batch_norm", "convolution 3 (no bias), batch_norm, tanh, flatten, dense 3", (5, 4, 2), False,
         net(convolution(2, 3, bias=False), image_batch_norm(3), tanh, flatten, dense(60, 3))),
        ("image_conv4", "4 times [convolution 3 (no bias), batch_norm, relu, max_pool 2], flatten, dense 3",
         (28, 28, 1), True,
         net(*conv_block(1, 3), *conv_block(3, 3), *conv_block(3, 3), *conv_block(3, 3), flatten, dense(3, 3))),
        ("image_conv4_strided", "4 times [convolution 3 (stride 2, no bias), shift_norm, relu], global_mean, dense 3",
         (28, 28, 1), True,
         net(*strided_block(1, 3), *strided_block(3, 3), *strided_block(3, 3), *strided_block(3, 3), global_mean,
             dense(3, 3))),
    ]
    for name, what, norm in [
        ("image_running", "averages", image_average_norm(3)),
        ("image_per_step", "set 1 of 3 averages", image_average_norm(3, 3, 1)),
    ]:
        cases.append((name, f"convolution 3 (no bias), batch_norm by {what}, tanh, flatten, dense 3", (5, 4, 2), False,
                      net(convolution(2, 3, bias=False), norm, tanh, flatten, dense(60, 3))))
    write_nets(out, cases)

    write_support_statistics(
        out, "image_support_statistics",
        "convolution 3 (no bias), batch_norm by 6 support images, tanh, flatten, dense 3", (5, 4, 2),
        net(convolution(2, 3, bias=False), image_batch_norm(3), tanh, flatten, dense(60, 3)))
    out.write()


class group_norm:
    """Groups of the channels of one example over all its places; groups None: each channel."""

    def __init__(self, size, groups=None, scale=True, shift=True):
        self.size, self.groups, self.scale, self.shift = size, groups or size, scale, shift
        self.count = size * (scale + shift)

    def __call__(self, p, x):
        scale = p[: self.size] if self.scale else torch.ones(self.size)  # torch's second derivative wants one
        shift = p[self.count - self.size:] if self.shift else torch.zeros(self.size)
        return F.group_norm(x.movedim(-1, 1), self.groups, scale, shift, EPSILON).movedim(1, -1)


class projected:
    """y = shortcut(x) + inner(x)."""

    def __init__(self, inner, shortcut):
        self.inner, self.shortcut = inner, shortcut
        self.count = inner.count + shortcut.count

    def __call__(self, p, x):
        return self.inner(p[: self.inner.count], x) + self.shortcut(p[self.inner.count:], x)


leaky = function(lambda x: F.leaky_relu(x, 0.1))


def resnet_block(channels, filters):
    part = lambda of: (convolution(of, filters, bias=False), image_batch_norm(filters))
    inner = net(*part(channels), leaky, *part(filters), leaky, *part(filters))
    shortcut = net(convolution(channels, filters, kernel=1, padding=0, bias=False), image_batch_norm(filters))
    return projected(inner, shortcut), leaky, max_pool(2)


def write_blocks():
    out = header("blocks.hpp", "Golden numbers: normalization by groups, residual layers of images, resnet12, mlp.")
    conv = convolution(2, 4, bias=False)
    behind = (tanh, flatten, dense(80, 3))
    relu_net = net(dense(4, 6), relu, dense(6, 5), relu, dense(5, 3))
    write_nets(out, [
        ("image_group_norm", "convolution 4 (no bias), group_norm (2 groups), tanh, flatten, dense 3", (5, 4, 2), False,
         net(conv, group_norm(4, 2), *behind)),
        ("image_group_shift_norm", "convolution 4 (no bias), group_norm (1 group, no scale), tanh, flatten, dense 3",
         (5, 4, 2), False, net(conv, group_norm(4, 1, scale=False), *behind)),
        ("image_instance_norm", "convolution 4 (no bias), instance_norm, tanh, flatten, dense 3", (5, 4, 2), False,
         net(conv, group_norm(4), *behind)),
        ("image_bare_norm", "convolution 4 (no bias), instance_norm (no scale, no shift), tanh, flatten, dense 3",
         (5, 4, 2), False, net(conv, group_norm(4, scale=False, shift=False), *behind)),
        ("image_projected",
         "tanh(convolution 3 (stride 2)) + convolution 3 (1 x 1, stride 2, no bias), flatten, dense 3",
         (5, 4, 2), False,
         net(projected(net(convolution(2, 3, stride=2), tanh),
                       net(convolution(2, 3, kernel=1, stride=2, padding=0, bias=False))), flatten, dense(18, 3))),
        ("image_resnet12", "resnet12 of widths 2, 3, 2, 3, dense 3", (16, 16, 2), True,
         net(*resnet_block(2, 2), *resnet_block(2, 3), *resnet_block(3, 2), *resnet_block(2, 3), global_mean,
             dense(3, 3))),
        ("mlp_relu", "dense 6, relu, dense 5, relu, dense 3", (4,), True, relu_net),
        ("mlp_tanh", "dense 6, tanh, dense 5, tanh, dense 3", (4,), False,
         net(dense(4, 6), tanh, dense(6, 5), tanh, dense(5, 3))),
    ])
    p, z = parameters(4), support_inputs(6, 5, 4, 2)
    assert_close(to_torch(group_norm(2)(p, z)), F.instance_norm(to_torch(z), None, None, p[:2], p[2:]), 1e-13,
                 "instance_norm")
    out.write()


# -------------------------------------------------------------------------------- A3. layers of signals
class convolution_1d:
    """Weight stored [k][channel][filter], then the bias; signals have channels last."""

    def __init__(self, channels, filters, kernel=3, stride=1, padding=1, dilation=1, groups=1, bias=True):
        self.shape = (kernel, channels // groups, filters)
        self.options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        self.cut, self.bias = math.prod(self.shape), bias
        self.count = self.cut + (filters if bias else 0)

    def __call__(self, p, x):
        weight = p[: self.cut].reshape(self.shape).permute(2, 1, 0)
        return F.conv1d(x.movedim(-1, 1), weight, p[self.cut:] if self.bias else None, **self.options).movedim(1, -1)


def max_pool_1d(window, stride=None):
    return function(lambda x: F.max_pool1d(x.movedim(-1, 1), window, stride).movedim(1, -1))


def average_pool_1d(window, stride=None):
    return function(lambda x: F.avg_pool1d(x.movedim(-1, 1), window, stride).movedim(1, -1))


def conv_block_1d(channels, filters):
    return convolution_1d(channels, filters, bias=False), image_batch_norm(filters), relu, max_pool_1d(2)


def write_signals():
    out = header("signals.hpp", "Golden numbers: layers of signals.")
    mean = function(lambda x: x.mean(1))
    conv = convolution_1d(2, 3, bias=False)
    behind = (tanh, flatten, dense(27, 3))
    write_nets(out, [
        ("signal_convolution", "convolution_1d 3 (kernel 3, padding 1), tanh, flatten, dense 3", (9, 2), False,
         net(convolution_1d(2, 3), tanh, flatten, dense(27, 3))),
        ("signal_strided", "convolution_1d 3 (kernel 5, stride 2, padding 2, no bias), tanh, flatten, dense 3", (9, 2),
         False, net(convolution_1d(2, 3, kernel=5, stride=2, padding=2, bias=False), tanh, flatten, dense(15, 3))),
        ("signal_all_options",
         "convolution_1d 6 (kernel 3, stride 2, padding 1, dilation 2, groups 2), tanh, flatten, dense 3", (11, 4),
         False, net(convolution_1d(4, 6, stride=2, dilation=2, groups=2), tanh, flatten, dense(30, 3))),
        ("signal_depthwise", "convolution_1d 4 (kernel 2, padding 0, groups 4), tanh, flatten, dense 3", (7, 4), False,
         net(convolution_1d(4, 4, kernel=2, padding=0, groups=4), tanh, flatten, dense(24, 3))),
        ("signal_max_pool", "convolution_1d 3, max_pool 3 (stride 2), tanh, flatten, dense 3", (9, 2), True,
         net(convolution_1d(2, 3), max_pool_1d(3, 2), tanh, flatten, dense(12, 3))),
        ("signal_average_pool_overlapping", "convolution_1d 3, average_pool 3 (stride 2), tanh, flatten, dense 3",
         (9, 2), False, net(convolution_1d(2, 3), average_pool_1d(3, 2), tanh, flatten, dense(12, 3))),
        ("signal_means",
         "convolution_1d 3, tanh, average_pool 2, convolution_1d 3, tanh, mean of all places, dense 3", (9, 2), False,
         net(convolution_1d(2, 3), tanh, average_pool_1d(2), convolution_1d(3, 3), tanh, mean, dense(3, 3))),
        ("signal_batch_norm", "convolution_1d 3 (no bias), batch_norm, tanh, flatten, dense 3", (9, 2), False,
         net(conv, image_batch_norm(3), *behind)),
        ("signal_running", "convolution_1d 3 (no bias), batch_norm by averages, tanh, flatten, dense 3", (9, 2), False,
         net(conv, image_average_norm(3), *behind)),
        ("signal_per_step", "convolution_1d 3 (no bias), batch_norm by set 1 of 3 averages, tanh, flatten, dense 3",
         (9, 2), False, net(conv, image_average_norm(3, 3, 1), *behind)),
        ("signal_instance_norm", "convolution_1d 3 (no bias), instance_norm, tanh, flatten, dense 3", (9, 2), False,
         net(conv, group_norm(3), *behind)),
        ("signal_group_norm", "convolution_1d 4 (no bias), group_norm (2 groups), tanh, flatten, dense 3", (9, 2),
         False, net(convolution_1d(2, 4, bias=False), group_norm(4, 2), tanh, flatten, dense(36, 3))),
        ("signal_conv1d4", "4 times [convolution_1d 3 (no bias), batch_norm, relu, max_pool 2], flatten, dense 3",
         (36, 1), True,
         net(*conv_block_1d(1, 3), *conv_block_1d(3, 3), *conv_block_1d(3, 3), *conv_block_1d(3, 3), flatten,
             dense(6, 3))),
    ])
    write_support_statistics(
        out, "signal_support_statistics",
        "convolution_1d 3 (no bias), batch_norm by 6 support signals, tanh, flatten, dense 3", (9, 2),
        net(conv, image_batch_norm(3), *behind))
    out.write()


# -------------------------------------------------------------------------------- A4. normalization by steps
def write_per_step():
    """Scale and shift of their own for each inner step, which the inner loop does not move; batch statistics."""
    out = header("per_step.hpp", "Golden numbers: MAML through batch normalization that differs from step to step.")
    first, norm, last = dense(4, 5), batch_norm(5), dense(5, 3)
    moving = first.count + last.count

    def model(phi, scale, shift, x):
        hidden = norm(torch.cat([scale, shift]), first(phi[: first.count], x))
        return last(phi[first.count:], torch.tanh(hidden))

    x, y = support_inputs(6, 4), labels(6, 3)
    x_query, y_query = query_inputs(9, 4), labels(9, 3)
    for sets in (3, 4):
        def outer(meta, replay, record):
            phi, scales, shifts = torch.split(meta, [moving, 5 * sets, 5 * sets])
            scales, shifts = scales.reshape(sets, 5), shifts.reshape(sets, 5)
            for k in range(3):
                phi = phi - 0.1 * gradient(cross_entropy(model(phi, scales[k], shifts[k], x), y), phi)
            return cross_entropy(model(phi, scales[sets - 1], shifts[sets - 1], x_query), y_query), phi
        scales = 0.6 + 0.3 * parameters(5 * sets)
        meta = torch.cat([parameters(moving), scales, parameters(5 * sets)])
        numbers = meta_gradient(outer, meta, "per_step", differences=False)
        # A small variance bends the loss sharply.
        check_by_differences(lambda m: outer(m.clone().requires_grad_(), None, None)[0], meta, numbers["gradient"],
                             "per_step", h=2e-5)
        whole = numbers.pop("gradient")
        out.case(f"per_step_{sets}",
                 f"3 steps, rate 0.1, {sets} sets: input 4, dense 5, batch_norm, tanh, dense 3; scale "
                 "0.6 + 0.3 p(i), all else p(i)", gradient_of_dense=whole[:moving],
                 gradient_of_scale=whole[moving: moving + 5 * sets], gradient_of_shift=whole[moving + 5 * sets:],
                 **numbers)
    out.write()


# -------------------------------------------------------------------------------- B. losses
def write_losses():
    out = header("losses.hpp", "Golden numbers: losses, with respect to predictions of 6 rows and 3 columns.")
    prediction, target, classes = support_inputs(6, 3), support_targets(6, 3), labels(6, 3)
    bits = (torch.arange(18) % 2).double().reshape(6, 3)

    def huber(y):
        r = (y - target).abs()
        return torch.where(r < 1.0, 0.5 * r * r, r - 0.5).mean()

    def binary_cross_entropy(y):
        return (bits * F.softplus(-y) + (1.0 - bits) * F.softplus(y)).mean()

    shots = 2
    cases = [
        ("loss_mse", "mean over all elements of (y - t)^2", lambda y: mse(y, target), F.mse_loss(prediction, target)),
        ("loss_mean_absolute", "mean over all elements of |y - t|", lambda y: (y - target).abs().mean(),
         F.l1_loss(prediction, target)),
        ("loss_huber", "delta 1: r^2/2 below, |r| - 1/2 above; mean over all elements", huber,
         F.huber_loss(prediction, target)),
        ("loss_cross_entropy", "softmax cross-entropy, mean over the 6 rows; labels r % 3",
         lambda y: cross_entropy(y, classes), F.cross_entropy(prediction, classes)),
        ("loss_cross_entropy_sum_over_classes", "sum over rows divided by shots (2) = the mean times ways (3)",
         lambda y: cross_entropy(y, classes) * len(classes) / shots, 3 * F.cross_entropy(prediction, classes)),
        ("loss_binary_cross_entropy", "with logits, target of element j is j % 2; mean over all elements",
         binary_cross_entropy, F.binary_cross_entropy_with_logits(prediction, bits)),
    ]
    for name, what, f, theirs in cases:
        value, g, product = value_gradient_product(f, prediction)
        assert_close(value.detach(), theirs, 1e-14, name)
        check_by_differences(f, prediction, g, name)
        if name not in ("loss_mean_absolute",):
            check_by_differences(lambda y: (value_gradient_product(f, y)[1] * direction(18).reshape(6, 3)).sum(),
                                 prediction, product, name + " product")
        out.case(name, what, value=value, gradient=g, product=product)
    out.write()


# -------------------------------------------------------------------------------- C. optimizers
# A rule is step(k, x, g, state) -> (x, state); state is None before the first step.
def sgd(rate):
    return lambda k, x, g, s: (x - rate * g, s)


def momentum(rate, decay, nesterov=False):
    def step(k, x, g, buffer):
        buffer = g if buffer is None else decay * buffer + g
        return x - rate * (g + decay * buffer if nesterov else buffer), buffer
    return step


def rmsprop(rate, decay, eps, root):
    def step(k, x, g, v):
        v = (1 - decay) * g * g if v is None else decay * v + (1 - decay) * g * g
        return x - rate * g / root(v, eps), v
    return step


def adam(rate, eps, root, b1=0.9, b2=0.999, decoupled=0.0):
    def step(k, x, g, state):
        m, v = state if state is not None else (torch.zeros_like(g), torch.zeros_like(g))
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        m_hat, v_hat = m / (1 - b1 ** (k + 1)), v / (1 - b2 ** (k + 1))
        return x - rate * decoupled * x - rate * m_hat / root(v_hat, eps), (m, v)
    return step


def inside(v, eps):
    return torch.sqrt(v + eps)


def outside(v, eps):
    return torch.sqrt(v) + eps


def l2(decay, rule):
    return lambda k, x, g, s: rule(k, x, g + decay * x, s)


def clip_value(limit, rule):
    return lambda k, x, g, s: rule(k, x, g.clamp(-limit, limit), s)


def clip_norm(limit, rule):
    return lambda k, x, g, s: rule(k, x, g * torch.clamp(limit / torch.sqrt((g * g).sum()), max=1.0), s)


def walk(support_loss, start, step, steps, hold=lambda k: False, replay=None, record=None):
    """phi_0 .. phi_K. hold(k): the gradient of step k is a constant, taken from `replay` if given."""
    path, state = [start], None
    for k in range(steps):
        phi = path[-1] if path[-1].requires_grad else path[-1].requires_grad_()
        g = gradient(support_loss(phi), phi)
        if record is not None:
            record.append(g.detach())
        if hold(k):
            g = g.detach() if replay is None else replay[k]
        phi, state = step(k, phi, g, state)
        path.append(phi)
    return path


def meta_gradient(outer, meta, what, differences=True):
    """outer(meta, replay, record) -> (loss, adapted). Returns loss, gradient, adapted, checked by differences."""
    leaf = meta.clone().requires_grad_()
    record = []
    loss, adapted = outer(leaf, None, record)
    g, = torch.autograd.grad(loss, leaf)
    if differences:
        check_by_differences(lambda m: outer(m.clone().requires_grad_(), record, None)[0], meta, g, what)
    return dict(loss=loss.detach(), gradient=g, adapted=adapted.detach())


def never(k):
    return False


def always(k):
    return True


small = net(dense(1, 6), tanh, dense(6, 6), tanh, dense(6, 1))
HEAD = 4
small_support = (support_inputs(5, 1), support_targets(5, 1))
small_query = (query_inputs(7, 1), query_targets(7, 1))


def small_support_loss(p):
    return mse(small(p, small_support[0]), small_support[1])


def small_query_loss(p):
    return mse(small(p, small_query[0]), small_query[1])


def write_optimizers():
    out = header("optimizers.hpp", "Golden numbers: optimizers as inner rules and as outer rules.")
    inner = [
        ("sgd", "rate 0.1", sgd(0.1)),
        ("momentum", "rate 0.05, decay 0.9; b = 0.9 b + g, x -= rate b", momentum(0.05, 0.9)),
        ("nesterov", "rate 0.05, decay 0.9; b = 0.9 b + g, x -= rate (g + 0.9 b)", momentum(0.05, 0.9, True)),
        ("rmsprop", "rate 0.02, decay 0.9, eps 1e-4 inside the root", rmsprop(0.02, 0.9, 1e-4, inside)),
        ("adam", "rate 0.05, 0.9, 0.999, eps 1e-4 inside the root: sqrt(v_hat + eps)", adam(0.05, 1e-4, inside)),
        ("adamw", "as adam, and decoupled decay: x -= rate 0.01 x", adam(0.05, 1e-4, inside, decoupled=0.01)),
        ("weight_decay", "sgd 0.1 of g + 0.01 x", l2(0.01, sgd(0.1))),
        ("clip_value", "sgd 0.1 of g clipped elementwise to [-0.2, 0.2]", clip_value(0.2, sgd(0.1))),
        ("clip_norm", "sgd 0.1 of g min(1, 0.5 / |g|), the norm over all parameters", clip_norm(0.5, sgd(0.1))),
    ]
    for name, settings, rule in inner:
        for order, hold in [("exact", never), ("first_order", always)]:
            def outer(theta, replay, record):
                phi = walk(small_support_loss, theta, rule, 5, hold, replay, record)[-1]
                return small_query_loss(phi), phi
            numbers = meta_gradient(outer, parameters(small.count), f"inner {name} {order}")
            out.case(f"inner_{name}_{order}_k5", f"{settings}; {order}, 5 steps", **numbers)

    count = 8
    curvature = vector(1.0 + 0.25 * i for i in range(count))
    target = support_targets(count)
    loss = lambda x: (0.5 * curvature * (x - target) ** 2 + 0.025 * x ** 4).sum()
    outer_rules = [
        ("sgd", "rate 0.05", lambda p: torch.optim.SGD(p, 0.05), sgd(0.05)),
        ("momentum", "rate 0.05, momentum 0.9", lambda p: torch.optim.SGD(p, 0.05, 0.9), momentum(0.05, 0.9)),
        ("nesterov", "rate 0.05, momentum 0.9", lambda p: torch.optim.SGD(p, 0.05, 0.9, nesterov=True),
         momentum(0.05, 0.9, True)),
        ("rmsprop", "rate 0.02, alpha 0.9, eps 1e-3 outside the root",
         lambda p: torch.optim.RMSprop(p, 0.02, 0.9, 1e-3), rmsprop(0.02, 0.9, 1e-3, outside)),
        ("adam", "rate 0.05, eps 1e-3 outside the root", lambda p: torch.optim.Adam(p, 0.05, eps=1e-3),
         adam(0.05, 1e-3, outside)),
        ("adamw", "rate 0.05, eps 1e-3 outside the root, decay 0.1",
         lambda p: torch.optim.AdamW(p, 0.05, eps=1e-3, weight_decay=0.1), adam(0.05, 1e-3, outside, decoupled=0.1)),
        ("weight_decay", "sgd, rate 0.05, weight_decay 0.1 (added to the gradient)",
         lambda p: torch.optim.SGD(p, 0.05, weight_decay=0.1), l2(0.1, sgd(0.05))),
    ]
    for name, settings, theirs, ours in outer_rules:
        x = parameters(count).requires_grad_()
        optimizer = theirs([x])
        for _ in range(10):
            optimizer.zero_grad()
            loss(x).backward()
            optimizer.step()
        again = walk(loss, parameters(count), ours, 10, always)[-1]
        assert_close(again.detach(), x.detach(), 1e-13, f"torch.optim against the formula: {name}")
        out.case(f"outer_{name}", f"torch.optim, {settings}; 10 steps on the quartic of README.md",
                 start=parameters(count), final=x)
    out.write()


# -------------------------------------------------------------------------------- D. algorithms
def write_algorithms():
    out = header("algorithms.hpp", "Golden numbers: gradient-based meta-learning algorithms.")
    n, theta = small.count, parameters(small.count)
    head = small.mask(lambda i: i == HEAD)
    body = 1.0 - head

    def plain(rule, steps, hold=never):
        def outer(meta, replay, record):
            phi = walk(small_support_loss, meta, rule, steps, hold, replay, record)[-1]
            return small_query_loss(phi), phi
        return outer

    def with_rates(rates_of, steps):
        """Meta-parameters: the model's, then the rates; rates_of(k, rates) is a rate for each coordinate."""
        def outer(meta, replay, record):
            rates = meta[n:]
            rule = lambda k, x, g, s: (x - rates_of(k, rates) * g, s)
            phi = walk(small_support_loss, meta[:n], rule, steps, never, replay, record)[-1]
            return small_query_loss(phi), phi
        return outer

    for steps in (1, 2, 5):
        k = f"k{steps}"
        masked = lambda m: (lambda k, x, g, s: (x - 0.1 * m * g, s))

        exact = meta_gradient(plain(sgd(0.1), steps), theta, f"maml {k}")
        out.case(f"maml_{k}", f"MAML, sgd 0.1, {steps} steps", **exact)
        out.case(f"fomaml_{k}", "first-order MAML",
                 **meta_gradient(plain(sgd(0.1), steps, always), theta, f"fomaml {k}"))
        if steps != 2:  # what no test compares is not stored
            out.case(f"truncated_2_{k}", "exact in the last 2 steps, first order before",
                     **meta_gradient(plain(sgd(0.1), steps, lambda i: i < steps - 2), theta, f"truncated {k}"))
            out.case(f"reptile_{k}", "Reptile: gradient = theta - phi_K",
                     loss=exact["loss"], gradient=theta - exact["adapted"], adapted=exact["adapted"])
            out.case(f"anil_{k}", "ANIL: only the last dense layer moves",
                     **meta_gradient(plain(masked(head), steps), theta, f"anil {k}"))
            out.case(f"boil_{k}", "BOIL: all but the last dense layer move",
                     **meta_gradient(plain(masked(body), steps), theta, f"boil {k}"))
            out.case(f"meta_sgd_{k}", "Meta-SGD: gradient of 61 parameters, then of 61 rates 0.05 (1 + 0.01 (i % 7))",
                     **meta_gradient(with_rates(lambda i, r: r, steps), torch.cat([theta, coordinate_rates(0.05, n)]),
                                     f"meta_sgd {k}"))
            out.case(f"learned_rate_{k}", "one learned rate 0.1: gradient of 61 parameters, then of the rate",
                     **meta_gradient(with_rates(lambda i, r: r[0], steps), torch.cat([theta, vector([0.1])]),
                                     f"learned_rate {k}"))
            if steps == 5:
                out.case(f"step_rates_{k}", f"a learned rate 0.1 for each step: 61 parameters, then {steps} rates",
                         **meta_gradient(with_rates(lambda i, r: r[i], steps),
                                         torch.cat([theta, vector([0.1] * steps)]), f"step_rates {k}"))

            def proximal(meta, replay, record):
                rule = lambda i, x, g, s: (x - 0.1 * (g + 0.7 * (x - meta)), s)
                phi = walk(small_support_loss, meta, rule, steps, never, replay, record)[-1]
                return small_query_loss(phi), phi
            out.case(f"proximal_{k}", "sgd 0.1 of g + 0.7 (phi_k - theta), exact",
                     **meta_gradient(proximal, theta, f"proximal {k}"))

        if steps > 1:
            sixteenths = {2: (8, 8), 5: (1, 2, 3, 4, 6)}[steps]  # exact in float

            def every_step(meta, replay, record):
                path = walk(small_support_loss, meta, sgd(0.1), steps, never, replay, record)
                return sum(w / 16 * small_query_loss(phi) for w, phi in zip(sixteenths, path[1:])), path[-1]
            weights = ", ".join(map(str, sixteenths))
            out.case(f"multi_step_{k}", f"query loss at each of the steps 1 .. K, weights ({weights}) / 16, exact",
                     **meta_gradient(every_step, theta, f"multi_step {k}"))

    dense_index = torch.cat([torch.full((layer.count,), i // 2, dtype=torch.long)
                             for i, layer in enumerate(small.layers)])
    out.case("layer_step_rates_k5", "a learned rate 0.1 for each step and dense layer: 61 parameters, rates [5][3]",
             **meta_gradient(with_rates(lambda i, r: r.reshape(5, 3)[i][dense_index], 5),
                             torch.cat([theta, vector([0.1] * 15)]), "layer_step_rates"))

    context_net = net(dense(4, 6), tanh, dense(6, 6), tanh, dense(6, 1))

    def cavia(meta, replay, record):
        predict = lambda c, x: context_net(meta, torch.cat([x, c.expand(len(x), 3)], 1))
        support_loss = lambda c: mse(predict(c, small_support[0]), small_support[1])
        context = walk(support_loss, torch.zeros(3), sgd(1.0), 5, never, replay, record)[-1]
        return mse(predict(context, small_query[0]), small_query[1]), context
    out.case("cavia_k5", "CAVIA: input [x, 3 context values from zero], rate 1; adapted = the context",
             **meta_gradient(cavia, parameters(context_net.count), "cavia"))

    x, y = support_inputs(6, 4), labels(6, 3)
    x_query, y_query = query_inputs(9, 4), labels(9, 3)
    for name, what, model, forward in [
        ("classification_maml", "input 4, dense 5, tanh, dense 3", net(dense(4, 5), tanh, dense(5, 3)), "own"),
        ("classification_layer_norm", "input 4, dense 5, layer_norm, tanh, dense 3",
         net(dense(4, 5), layer_norm(5), tanh, dense(5, 3)), "own"),
        ("classification_batch_norm_transductive", "input 4, dense 5, batch_norm (batch at hand), tanh, dense 3",
         net(dense(4, 5), batch_norm(5), tanh, dense(5, 3)), "own"),
        ("classification_batch_norm_support",
         "as above, query normalized with the statistics of the support set at phi_K",
         net(dense(4, 5), batch_norm(5), tanh, dense(5, 3)), "support"),
    ]:
        def outer(meta, replay, record):
            support_loss = lambda p: cross_entropy(model(p, x), y)
            phi = walk(support_loss, meta, sgd(0.3), 5, never, replay, record)[-1]
            logits = model.with_statistics_of(phi, x_query, x) if forward == "support" else model(phi, x_query)
            return cross_entropy(logits, y_query), phi
        out.case(f"{name}_k5", f"{what}; cross-entropy, sgd 0.3, exact",
                 **meta_gradient(outer, parameters(model.count), name))
    out.write()


# -------------------------------------------------------------------------------- E. closed forms
def write_closed_forms():
    out = header("closed_forms.hpp", "Golden numbers: prototypes, ridge head, Proto-MAML.")
    embedding = net(dense(4, 6), tanh, dense(6, 5))
    n, theta = embedding.count, parameters(embedding.count)
    x, y = support_inputs(6, 4), labels(6, 3)
    x_query, y_query = query_inputs(9, 4), labels(9, 3)

    def prototype_head(p):
        """Flat head: weight [5][3], whose column c is 2 m_c, then bias -|m_c|^2; m_c: the mean feature of class c."""
        features = embedding(p, x)
        means = torch.stack([features[y == c].mean(0) for c in range(3)])
        return torch.cat([(2.0 * means).t().reshape(-1), -(means * means).sum(1)])

    def prototypes(meta, replay, record):
        head = prototype_head(meta)
        return cross_entropy(dense(5, 3)(head, embedding(meta, x_query)), y_query), head
    numbers = meta_gradient(prototypes, theta, "prototypes")
    means = torch.stack([embedding(theta, x)[y == c].mean(0) for c in range(3)])
    distances = torch.cdist(embedding(theta, x_query), means, compute_mode="donot_use_mm_for_euclid_dist")
    assert_close(numbers["loss"], F.cross_entropy(-distances ** 2, y_query), 1e-13, "prototypes by distances")
    out.case("prototypes", "head solved from the support set; adapted = head: weight [5][3], bias [3]", **numbers)

    def ridge(meta, replay, record):
        p, strength, scale, shift = meta[:n], meta[n], meta[n + 1], meta[n + 2]
        features = embedding(p, x)
        one_hot = F.one_hot(y, 3).double()
        gram = features @ features.t() + strength * torch.eye(6)
        head = features.t() @ torch.linalg.solve(gram, one_hot)
        return cross_entropy(scale * (embedding(p, x_query) @ head) + shift, y_query), head
    numbers = meta_gradient(ridge, torch.cat([theta, vector([1.0, 1.0, 0.0])]), "ridge")
    features = embedding(theta, x)
    other = torch.linalg.inv(features.t() @ features + torch.eye(5)) @ features.t() @ F.one_hot(y, 3).double()
    assert_close(numbers["adapted"], other, 1e-11, "ridge by the normal equations")
    out.case("ridge", "gradient of 65 parameters, then of lambda = 1, a = 1, b = 0; adapted = head weight [5][3]",
             **numbers)

    def proto_maml(meta, replay, record):
        whole = net(*embedding.layers, dense(5, 3))
        start = torch.cat([meta, prototype_head(meta)])
        phi = walk(lambda p: cross_entropy(whole(p, x), y), start, sgd(0.05), 5, never, replay, record)[-1]
        return cross_entropy(whole(phi, x_query), y_query), phi
    out.case("proto_maml_k5", "prototype head, then 5 steps of sgd 0.05 on all; adapted = embedding (65), head (18)",
             **meta_gradient(proto_maml, theta, "proto_maml"))
    out.write()


# -------------------------------------------------------------------------------- E2. metric learners
WIDTH = 5
CELL_SIZES = [WIDTH * 4 * WIDTH, WIDTH * 4 * WIDTH, 4 * WIDTH]
ATTENTION_SIZES = [WIDTH * 4 * WIDTH, 2 * WIDTH * 4 * WIDTH, 4 * WIDTH]
CONTEXT_BLOCKS = [sum(ATTENTION_SIZES), sum(CELL_SIZES), sum(CELL_SIZES)]


def cell(weights, sizes, x, state, c):
    """Gates in the order i, f, o, u."""
    w_x, w_h, b = torch.split(weights, sizes)
    raw = x @ w_x.reshape(-1, 4 * WIDTH) + state @ w_h.reshape(-1, 4 * WIDTH) + b
    i, f, o, u = torch.split(raw, WIDTH, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(u)
    return torch.sigmoid(o) * torch.tanh(c), c


def full_context(weights, features, queries, one_hot, scale=1.0):
    """The classes' probabilities after 3 steps of reading, and the examples in their context."""
    reads, ahead, back = torch.split(weights, CONTEXT_BLOCKS)
    total, count = features, len(features)
    for own, order in [(ahead, range(count)), (back, reversed(range(count)))]:
        h, c, states = torch.zeros(1, WIDTH), torch.zeros(1, WIDTH), [None] * count
        for i in order:
            h, c = cell(own, CELL_SIZES, features[i:i + 1], h, c)
            states[i] = h
        total = total + torch.cat(states)
    h, c = queries, torch.zeros(len(queries), WIDTH)
    for _ in range(3):
        r = torch.softmax(h @ total.t(), 1) @ total
        g, c = cell(reads, ATTENTION_SIZES, queries, torch.cat([h, r], 1), c)
        h = g + queries
    similarity = F.cosine_similarity(h[:, None], total[None], dim=2)
    return torch.softmax(scale * similarity, 1) @ one_hot, total


def write_metric_learners():
    out = header("metric_learners.hpp", "Golden numbers: metric learners and ridge heads.")
    embedding = net(dense(4, 6), tanh, dense(6, 5))
    n, theta = embedding.count, parameters(embedding.count)
    x, y = support_inputs(6, 4), labels(6, 3)
    x_query, y_query = query_inputs(9, 4), labels(9, 3)
    one_hot, one_hot_query = F.one_hot(y, 3).double(), F.one_hot(y_query, 3).double()

    def class_means(features):
        return torch.stack([features[y == c].mean(0) for c in range(3)])

    def euclidean(meta, replay, record):
        means = class_means(embedding(meta, x))
        distances = ((embedding(meta, x_query)[:, None] - means[None]) ** 2).sum(2) / 5
        return cross_entropy(-distances, y_query), means.reshape(-1)
    out.case("prototypes_per_dimension", "logits -|x - c|^2 / 5; adapted = class means [3][5]",
             **meta_gradient(euclidean, theta, "prototypes_per_dimension"))

    def cosine(meta, replay, record):
        p, scale = meta[:n], meta[n]
        means = class_means(embedding(p, x))
        logits = scale * F.cosine_similarity(embedding(p, x_query)[:, None], means[None], dim=2)
        return cross_entropy(logits, y_query), means.reshape(-1)
    out.case("cosine_prototypes", "gradient of 65 parameters, then of the scale 10; adapted = class means [3][5]",
             **meta_gradient(cosine, torch.cat([theta, vector([10.0])]), "cosine_prototypes"))

    def matching(meta, replay, record):
        features = embedding(meta, x)
        similarity = F.cosine_similarity(embedding(meta, x_query)[:, None], features[None], dim=2)
        probabilities = torch.softmax(similarity, 1) @ one_hot
        return -torch.log(probabilities[torch.arange(9), y_query]).mean(), probabilities.reshape(-1)
    out.case("matching", "attention by cosine; adapted = probabilities [9][3]",
             **meta_gradient(matching, theta, "matching"))

    def in_context(meta, replay, record):
        p, weights = meta[:n], meta[n:]
        probabilities, total = full_context(weights, embedding(p, x), embedding(p, x_query), one_hot)
        return -torch.log(probabilities[torch.arange(9), y_query]).mean(), total.reshape(-1)
    out.case("full_context", "3 steps; gradient of 65 parameters, attention 320, forward 220, backward 220; "
             "adapted = examples [6][5]",
             **meta_gradient(in_context, torch.cat([theta, *map(parameters, CONTEXT_BLOCKS)]), "full_context"))

    module = net(dense(10, 4), tanh, dense(4, 1), function(torch.sigmoid))

    def scores(meta):
        sums = torch.stack([embedding(meta[:n], x)[y == c].sum(0) for c in range(3)])
        queries = embedding(meta[:n], x_query)
        pairs = torch.cat([sums[None].expand(9, 3, 5), queries[:, None].expand(9, 3, 5)], 2)
        return module(meta[n:], pairs.reshape(27, 10)).reshape(9, 3)

    def relation(meta, replay, record):
        return F.mse_loss(scores(meta), one_hot_query), scores(meta).reshape(-1)

    def relation_by_cross_entropy(meta, replay, record):
        logits = torch.logit(scores(meta))
        return cross_entropy(logits, y_query), logits.reshape(-1)
    start = torch.cat([theta, parameters(module.count)])
    out.case("relation", "gradient of 65 + 49 parameters; module 10, dense 4, tanh, dense 1, sigmoid; adapted = scores [9][3]",
             **meta_gradient(relation, start, "relation"))
    out.case("relation_cross_entropy", "the same without the sigmoid, by cross-entropy; adapted = logits [9][3]",
             **meta_gradient(relation_by_cross_entropy, start, "relation_cross_entropy"))

    wide = net(dense(4, 6), tanh, dense(6, 8))

    def ridge_head(p, strength):
        features = wide(p, x)
        return features.t() @ torch.linalg.solve(features @ features.t() + strength * torch.eye(6), one_hot)

    def metaopt(meta, replay, record):
        p, scale = meta[:wide.count], meta[wide.count]
        head = ridge_head(p, 50.0)
        return cross_entropy(scale * (wide(p, x_query) @ head), y_query), head.reshape(-1)

    def r2d2(meta, replay, record):
        p, logarithm, scale, shift = meta[:wide.count], *meta[wide.count:]
        head = ridge_head(p, torch.exp(logarithm))
        return cross_entropy(scale * (wide(p, x_query) @ head) + shift, y_query), head.reshape(-1)
    wide_theta = parameters(wide.count)
    out.case("metaopt_ridge", "embedding 4, dense 6, tanh, dense 8 (98); lambda = 50, gradient of the scale 7 last; "
             "adapted = head weight [8][3]", **meta_gradient(metaopt, torch.cat([wide_theta, vector([7.0])]), "metaopt"))
    out.case("r2d2", "the same embedding; then ln lambda = ln 2, a = 3, b = 0.5",
             **meta_gradient(r2d2, torch.cat([wide_theta, vector([math.log(2.0), 3.0, 0.5])]), "r2d2"))
    out.write()


# -------------------------------------------------------------------------------- E3. curvature of the heads
def write_head_curvature():
    """Heads given by the six support rows that the loss is of, too: value, gradient and Hessian-vector product."""
    out = header("head_curvature.hpp", "Golden numbers: curvature of the heads that a closed form gives.")
    embedding = net(dense(4, 6), tanh, dense(6, 5))
    n, theta = embedding.count, parameters(embedding.count)
    x, y = support_inputs(6, 4), labels(6, 3)
    one_hot = F.one_hot(y, 3).double()
    module = net(dense(10, 4), tanh, dense(4, 1), function(torch.sigmoid))

    def by_class(features):
        return torch.stack([features[y == c] for c in range(3)])

    def prototypes(p):
        features = embedding(p, x)
        distances = ((features[:, None] - by_class(features).mean(1)[None]) ** 2).sum(2)
        return cross_entropy(-distances, y)

    def cosine(p):
        features = embedding(p[:n], x)
        return cross_entropy(p[n] * F.cosine_similarity(features[:, None], by_class(features).mean(1)[None], dim=2), y)

    def matching(scale):
        def f(p):
            features = embedding(p, x)
            similarity = F.cosine_similarity(features[:, None], features[None], dim=2)
            probabilities = torch.softmax(scale * similarity, 1) @ one_hot
            return -torch.log(probabilities[torch.arange(6), y]).mean()
        return f

    def in_context(p):
        features = embedding(p[:n], x)
        probabilities, _ = full_context(p[n:], features, features, one_hot, 10.0)
        return -torch.log(probabilities[torch.arange(6), y]).mean()

    def relation(p):
        features = embedding(p[:n], x)
        sums = by_class(features).sum(1)
        pairs = torch.cat([sums[None].expand(6, 3, 5), features[:, None].expand(6, 3, 5)], 2)
        return F.mse_loss(module(p[n:], pairs.reshape(18, 10)).reshape(6, 3), one_hot)

    def ridge(p):
        features, strength, scale, shift = embedding(p[:n], x), p[n], p[n + 1], p[n + 2]
        head = features.t() @ torch.linalg.solve(features @ features.t() + strength * torch.eye(6), one_hot)
        return cross_entropy(scale * (features @ head) + shift, y)
    for name, what, f, start in [
        ("prototypes", "logits -|x - c|^2; gradient of 65 parameters", prototypes, theta),
        ("cosine", "65 parameters, then the scale 10", cosine, torch.cat([theta, vector([10.0])])),
        ("matching", "65 parameters", matching(1.0), theta),
        ("matching_scaled", "attention of scale 10; 65 parameters", matching(10.0), theta),
        ("full_context", "3 steps, attention of scale 10; 65 parameters, attention 320, forward 220, backward 220",
         in_context, torch.cat([theta, *map(parameters, CONTEXT_BLOCKS)])),
        ("relation", "65 + 49 parameters, sigmoid and mse", relation, torch.cat([theta, parameters(module.count)])),
        ("ridge", "65 parameters, then lambda = 1, a = 2, b = 0.5", ridge, torch.cat([theta, vector([1.0, 2.0, 0.5])])),
    ]:
        loss, g, product = value_gradient_product(f, start)
        check_by_differences(f, start, g, name)
        check_by_differences(lambda p: (value_gradient_product(f, p)[1] * direction(start.numel())).sum(), start,
                             product, name + " product")
        out.case(f"curvature_{name}", what, loss=loss, gradient=g, product=product)
    out.write()


# -------------------------------------------------------------------------------- F. learned optimizer
def write_learned_optimizer():
    out = header("learned_optimizer.hpp", "Golden numbers: a coordinatewise LSTM as the inner rule.")
    hidden, steps, p = 3, 8, 10.0
    sizes = [4 * hidden * 2, 4 * hidden * hidden, 4 * hidden, hidden, 1]
    count = sum(sizes)

    def preprocess(g):
        large = g.abs() >= math.exp(-p)
        safe = torch.where(large, g, torch.ones_like(g))
        first = torch.where(large, torch.log(safe.abs()) / p, -torch.ones_like(g))
        second = torch.where(large, torch.sign(g), math.exp(p) * g)
        return torch.stack([first, second], 1)

    def rule(weights):
        w_x, w_h, b, w_out, b_out = torch.split(weights, sizes)
        w_x, w_h = w_x.reshape(4 * hidden, 2), w_h.reshape(4 * hidden, hidden)

        def step(k, x, g, state):
            h, c = state if state is not None else (torch.zeros(len(x), hidden), torch.zeros(len(x), hidden))
            gates = preprocess(g) @ w_x.t() + h @ w_h.t() + b
            i, f, o, u = torch.split(gates, hidden, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(u)
            h = torch.sigmoid(o) * torch.tanh(c)
            return x + 0.1 * (h @ w_out + b_out), (h, c)
        return step

    model = dense(4, 1, False)
    start = parameters(4)
    support = (support_inputs(6, 4), support_targets(6, 1))
    query = (query_inputs(7, 4), query_targets(7, 1))
    for name, what, hold, batch in [
        ("learned_optimizer_exact", "exact; losses on the support rows", never, support),
        ("learned_optimizer_detached", "gradients fed to the LSTM are constants; losses on the support rows", always,
         support),
        ("learned_optimizer_query_exact", "exact; losses on 7 query rows", never, query),
        ("learned_optimizer_query_detached", "gradients fed to the LSTM are constants; losses on 7 query rows", always,
         query),
    ]:
        def outer(meta, replay, record):
            path = walk(lambda x: mse(model(x, support[0]), support[1]), meta[count:], rule(meta[:count]), steps,
                        hold, replay, record)
            return sum(mse(model(x, batch[0]), batch[1]) for x in path), path[-1]
        numbers = meta_gradient(outer, torch.cat([parameters(count), start]), name)
        whole = numbers.pop("gradient")
        out.case(name, f"{what}; sum over steps 0 .. 8", gradient=whole[:count], gradient_of_start=whole[count:],
                 **numbers)
    out.write()


# -------------------------------------------------------------------------------- G. LEO
def write_latent_embedding():
    out = header("latent_embedding.hpp", "Golden numbers: latent embedding optimization (LEO), deterministic codes.")
    encoder, relation, decoder = dense(4, 5, False), net(dense(10, 6), tanh, dense(6, 2)), dense(2, 4, False)
    head = dense(4, 3, False)
    sizes = [encoder.count, relation.count, decoder.count, 6, 12]
    names = ["encoder", "relation", "decoder", "code_rates", "head_rates"]
    x, y = support_inputs(6, 4), labels(6, 3)
    x_query, y_query = query_inputs(9, 4), labels(9, 3)
    meta = torch.cat([parameters(encoder.count), parameters(relation.count), parameters(decoder.count),
                      coordinate_rates(0.5, 6), coordinate_rates(0.1, 12)])
    inner = {}

    def outer(meta, replay, record):
        p_encoder, p_relation, p_decoder, code_rates, head_rates = torch.split(meta, sizes)
        e = encoder(p_encoder, x)
        pairs = torch.cat([e.repeat_interleave(6, 0), e.repeat(6, 1)], 1)
        related = relation(p_relation, pairs).reshape(6, 6, 2).mean(1)
        code = torch.stack([related[y == c].mean(0) for c in range(3)]).reshape(-1)
        decode = lambda z: decoder(p_decoder, z.reshape(3, 2)).t().reshape(-1)
        loss = lambda w: cross_entropy(head(w, x), y)
        rated = lambda rates: (lambda k, v, g, s: (v - rates * g, s))
        code_end = walk(lambda z: loss(decode(z)), code, rated(code_rates), 5)[-1]
        weights = decode(code_end)
        weights_end = walk(loss, weights, rated(head_rates), 5)[-1]
        if not inner:
            inner.update(code=code, adapted_code=code_end, decoded_head=weights, adapted_head=weights_end)
        return cross_entropy(head(weights_end, x_query), y_query), weights_end
    numbers = meta_gradient(outer, meta, "leo")
    blocks = dict(zip(names, torch.split(numbers["gradient"], sizes)))
    out.case("leo", "exact; code [3][2], heads [4][3]; gradients by block", loss=numbers["loss"],
             **{f"gradient_of_{name}": g for name, g in blocks.items()}, **inner)
    out.write()


if __name__ == "__main__":
    write_layers()
    write_images()
    write_blocks()
    write_signals()
    write_per_step()
    write_losses()
    write_optimizers()
    write_algorithms()
    write_closed_forms()
    write_metric_learners()
    write_head_curvature()
    write_learned_optimizer()
    write_latent_embedding()
    print(f"{CHECKS['count']} checks, worst relative error {CHECKS['worst']:.1e}")
