# SPDX-License-Identifier: BSL-1.0
"""The workloads as a PyTorch expert writes them, on the parameters and tasks that `workloads --export` wrote.

A server: reads one JSON object a line from standard input and answers with one.

    {"rivals": NAME}                                         -> {"rivals": [...]}
    {"losses": NAME, "rival": R, "iterations": N}            -> {"losses": [...]}
    {"measure": NAME, "rival": R, "seconds": S}              -> {"seconds_per_task": ..., "calls": ...}

    FOLDER THREADS; OPENBLAS_CORETYPE in the environment where OpenBLAS does not know the processor

    torch                eager, torch.autograd.grad(create_graph=True), task by task
    torch-channels-last  the same, images in memory as the convolutions like them best
    functorch-jit        grad and vmap over the tasks of functorch, traced by make_fx, frozen by torch.jit; with several
                         threads the tasks are divided among them, each with a graph of its own: TorchScript releases
                         the interpreter's lock
    functorch-jit-within the same on images, the threads within each operation instead
"""
import functools
import json
import os
import queue
import sys
import threading
import time
import warnings

threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
warnings.filterwarnings("ignore")

import functorch  # noqa: E402
import numpy  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(threads)

# name: (inner steps, is exact, only the head moves). The numbers of W2, W4 and W5 are not those of MAML.
MAML = {
    "W1": (1, True, False),
    "W1-fo": (1, False, False),
    "W1-5": (5, True, False),
    "W3": (1, True, False),
    "W3-5": (5, True, False),
    "W3-fo": (1, False, False),
    "W3-anil": (5, True, True),
    "W3-32": (1, True, False),
}
ADAPTATIONS = {"W5-mlp": 5, "W5-conv": 5}
REPTILE = {"W2": 32}
PROTOTYPES = {"W4"}
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


class Workload:
    """What Priori starts from: flat parameters, named blocks, tasks."""

    def __init__(self, folder, name):
        with open(os.path.join(folder, "workloads.json"), encoding="utf-8") as file:
            facts = json.load(file)[name]
        self.name = name
        self.inner_rate, self.outer_rate = facts["inner_rate"], facts["outer_rate"]
        self.meta_batch = facts["meta_batch"]

        def array(part):
            return torch.from_numpy(numpy.load(os.path.join(folder, name, part + ".npy")))

        theta = array("theta")
        self.layers, self.parameters = [], []
        for block in facts["blocks"]:
            self.take_block(block, theta)
        self.is_image = any(kind == "convolution" for kind, _ in self.layers)
        self.tasks = self.prepared(array("support_inputs")), array("support_targets"), \
            self.prepared(array("query_inputs")), array("query_targets")
        if self.is_image:
            self.tasks = tuple(t if t.dtype.is_floating_point else t.flatten(1).long() for t in self.tasks)
        self.ways = int(self.tasks[1].max()) + 1

    def take_block(self, block, theta):
        """Layers from the blocks in their order: (kind, indices of the parameters)."""
        shape, field = block["shape"], block["name"].split(".")[-1]
        size = int(numpy.prod(shape))
        values = theta[block["offset"] : block["offset"] + size].view(shape)
        if self.name in PROTOTYPES and self.layers and self.layers[-1][0] != "dense" and len(shape) == 2:
            self.layers.append(("head", []))  # computed from the support set, not learned
            return
        if self.layers and self.layers[-1][0] == "head":
            return
        if len(shape) == 4:  # [ky][kx][ci][co]
            self.layers.append(("convolution", []))
            values = values.permute(3, 2, 0, 1)
        elif len(shape) == 2:  # [in][out]
            self.layers.append(("dense", []))
        elif field == "scale":
            self.layers.append(("normalization", []))
        elif field in ("mean", "variance"):
            return
        self.layers[-1][1].append(len(self.parameters))
        self.parameters.append(values.contiguous().clone())

    def prepared(self, inputs):
        """Images as tasks x images x channels x height x width."""
        if not self.is_image:
            return inputs
        if inputs.dim() == 4:
            inputs = inputs.unsqueeze(-1)
        return inputs.permute(0, 1, 4, 2, 3).contiguous()


def network(layers, activation):
    """f(parameters, inputs), the last dense layer without activation; up to the head where that is computed."""
    last = len(layers) - 1

    def run(p, x):
        for i, (kind, own) in enumerate(layers):
            if kind == "head":
                break
            if kind == "convolution":
                x = F.conv2d(x, p[own[0]], p[own[1]] if len(own) > 1 else None, padding=1)
            elif kind == "normalization":
                x = F.batch_norm(x, None, None, p[own[0]], p[own[1]], training=True, eps=1e-5)
                x = F.relu(F.max_pool2d(x, 2))  # in this order on a quarter of the numbers
            else:
                if x.dim() > 2:
                    x = x.flatten(1)
                x = torch.addmm(p[own[1]], x, p[own[0]])
                if i != last:
                    x = activation(x)
        return x.flatten(1)

    return run


def prototype_logits(embedded_support, labels, embedded_query, ways):
    """Up to what softmax does not see, minus the squared distances to the mean of each class."""
    one_hot = (labels.unsqueeze(1) == torch.arange(ways)).to(embedded_support.dtype)
    centres = (one_hot.t() @ embedded_support) / one_hot.sum(0).unsqueeze(1)
    return 2 * embedded_query @ centres.t() - (centres * centres).sum(1)


class Rule:
    """What both ways of writing share: the loss of one task, given how to take an inner gradient."""

    def __init__(self, w):
        self.w = w
        self.net = network(w.layers, torch.tanh if w.name in REPTILE else torch.relu)
        self.loss = F.cross_entropy if w.is_image else F.mse_loss
        steps = ADAPTATIONS.get(w.name, REPTILE.get(w.name, 0))
        self.steps, self.exact, only_head = MAML.get(w.name, (steps, False, False))
        self.only_head = only_head

    def support_loss(self, p, x, y):
        return self.loss(self.net(p, x), y)


class Eager:
    threads = threads

    def __init__(self, w, channels_last=False):
        self.w, self.rule = w, Rule(w)
        # One flat buffer, of which the leaves are views: the outer step is a few calls for all parameters together.
        self.flat = torch.cat([p.flatten() for p in w.parameters])
        self.leaves, offset = [], 0
        for p in w.parameters:
            view = self.flat[offset : offset + p.numel()].view(p.shape)
            if channels_last and p.dim() == 4:
                co, ci, h, k = p.shape
                view = self.flat[offset : offset + p.numel()].view(co, h, k, ci).permute(0, 3, 1, 2)
                view.copy_(p)
            self.leaves.append(view.detach().requires_grad_())
            offset += p.numel()
        self.channels_last = channels_last

        def laid_out(t):
            return t.contiguous(memory_format=torch.channels_last) if channels_last and t.dim() == 4 else t

        self.tasks = [[laid_out(part[t]) for part in w.tasks] for t in range(w.tasks[0].shape[0])]
        self.m, self.v, self.k = torch.zeros_like(self.flat), torch.zeros_like(self.flat), 0

    def adapted(self, p, xs, ys, create_graph):
        rule = self.rule
        if rule.only_head:
            # What the head sees does not move: one pass for all steps.
            layers = self.w.layers
            *_, (_, (weight, bias)) = layers
            seen = network(layers[:-1], torch.relu)(p, xs)
            head = [p[weight], p[bias]]
            for _ in range(rule.steps):
                loss = rule.loss(torch.addmm(head[1], seen, head[0]), ys)
                grads = torch.autograd.grad(loss, head, create_graph=create_graph)
                head = [torch.sub(q, g, alpha=self.w.inner_rate) for q, g in zip(head, grads)]
            return p[:weight] + head
        for _ in range(rule.steps):
            grads = torch.autograd.grad(rule.support_loss(p, xs, ys), p, create_graph=create_graph)
            p = [torch.sub(q, g, alpha=self.w.inner_rate) for q, g in zip(p, grads)]
        return p

    def task_loss(self, task):
        xs, ys, xq, yq = task
        if self.w.name in PROTOTYPES:
            both = [self.rule.net(self.leaves, xs), self.rule.net(self.leaves, xq)]
            return F.cross_entropy(prototype_logits(both[0], ys, both[1], self.w.ways), yq)
        p = self.adapted(self.leaves, xs, ys, self.rule.exact)
        return self.rule.loss(self.rule.net(p, xq), yq)

    def iterate(self):
        if self.w.name in REPTILE:
            return self.displace()
        total, losses = None, []
        for task in self.tasks:
            loss = self.task_loss(task)
            grads = torch.autograd.grad(loss, self.leaves)
            if total is None:
                total = list(grads)
            else:
                torch._foreach_add_(total, grads)
            losses.append(loss.detach())
        self.adam(torch.cat([self.as_stored(g) for g in total]) / len(self.tasks))
        return losses

    def as_stored(self, g):
        return g.permute(0, 2, 3, 1).reshape(-1) if self.channels_last and g.dim() == 4 else g.reshape(-1)

    @torch.no_grad()
    def adam(self, g):
        self.k += 1
        self.m.mul_(BETA1).add_(g, alpha=1 - BETA1)
        self.v.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
        root = (self.v / (1 - BETA2**self.k)).add_(EPS).sqrt_()
        self.flat.addcdiv_(self.m, root, value=-self.w.outer_rate / (1 - BETA1**self.k))

    def displace(self):
        xs, ys, xq, yq = self.tasks[0]
        p = [q.detach().requires_grad_() for q in self.leaves]
        for _ in range(self.rule.steps):
            grads = torch.autograd.grad(self.rule.support_loss(p, xs, ys), p)
            with torch.no_grad():
                p = [torch.sub(q, g, alpha=self.w.inner_rate).requires_grad_() for q, g in zip(p, grads)]
        with torch.no_grad():
            loss = self.rule.loss(self.rule.net(p, xq), yq)
            for leaf, q in zip(self.leaves, p):
                leaf += self.w.outer_rate * (q - leaf)
        return [loss]

    def adapt(self, task):
        xs, ys = task[0], task[1]
        p = self.leaves
        for _ in range(self.rule.steps):
            grads = torch.autograd.grad(self.rule.support_loss(p, xs, ys), p)
            with torch.no_grad():
                p = [torch.sub(q, g, alpha=self.w.inner_rate).requires_grad_() for q, g in zip(p, grads)]
        return p

    def losses(self, iterations):
        if self.w.name in ADAPTATIONS:
            found = []
            for i in range(iterations):
                task = self.tasks[i % len(self.tasks)]
                p = self.adapt(task)
                found.append(float(self.rule.loss(self.rule.net(p, task[2]), task[3])))
            return found
        return [float(sum(float(loss) for loss in self.iterate()) / self.w.meta_batch) for _ in range(iterations)]

    def once(self):
        if self.w.name in ADAPTATIONS:
            self.adapt(self.tasks[0])
        else:
            self.iterate()


def scriptable(graph):
    """As functorch's own ts_compile does it: no overloads, no device objects, nothing that nobody uses."""
    for node in graph.graph.nodes:
        if isinstance(node.target, torch._ops.OpOverload):
            node.target = node.target.overloadpacket
        node.kwargs = {k: v.type if isinstance(v, torch.device) else v for k, v in node.kwargs.items()}
    graph.graph.eliminate_dead_code()
    graph.graph.lint()
    graph.recompile()
    return graph


class Worker:
    """A standing thread: begin(function), then wait() for its result."""

    def __init__(self):
        self.asked, self.answered = queue.SimpleQueue(), queue.SimpleQueue()
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        torch.set_num_threads(1)  # of this thread: the setting is each thread's own, as is the mode
        with torch.no_grad():
            while True:
                function = self.asked.get()
                try:
                    self.answered.put((function(), None))
                except Exception as e:
                    self.answered.put((None, e))

    def begin(self, function):
        self.asked.put(function)

    def wait(self):
        result, failure = self.answered.get()
        if failure:
            raise failure
        return result


@functools.lru_cache(maxsize=None)
def workers():
    return [Worker() for _ in range(threads - 1)]


class Traced:
    """The whole meta-iteration as one frozen TorchScript graph; where the tasks are divided among several threads one
    for each share and one for the outer step. Images: a graph of one task."""

    def __init__(self, w, divided=True):
        self.w, self.rule = w, Rule(w)
        self.count = min(threads, w.meta_batch) if divided else 1  # of the shares
        self.threads = threads if self.count == 1 else 1
        self.shapes = [p.shape for p in w.parameters]
        self.sizes = [p.numel() for p in w.parameters]
        self.theta = torch.cat([p.flatten() for p in w.parameters])
        self.m, self.v, self.k = torch.zeros_like(self.theta), torch.zeros_like(self.theta), 0
        if w.name in ADAPTATIONS:
            self.data = [part[0] for part in w.tasks]
            self.run = self.traced(self.adaptation, (self.theta, *self.data[:2]))
        elif w.name in REPTILE:
            self.data = [part[0] for part in w.tasks]
            self.run = self.traced(self.displacement, (self.theta, *self.data))
        else:
            self.data = list(w.tasks)
            if w.is_image:  # a batch of convolutions with a filter for each task is slower than task by task
                self.run_one = self.traced(self.gradient_of_one, (self.theta, *[part[0] for part in w.tasks]))
            elif self.count == 1:
                given = self.theta, self.m, self.v, *self.corrections()
                self.run = self.traced(self.meta_iteration, (*given, *self.data))
            self.divide()

    def divide(self):
        """The tasks among the threads: what each runs for its sum of the gradients and of the losses."""
        self.shares = []
        for i in range(self.count):
            first, last = (self.w.meta_batch * k // self.count for k in (i, i + 1))
            own = [part[first:last] for part in self.data]
            if self.w.is_image:
                self.shares.append(functools.partial(self.task_by_task, own))
            elif self.count > 1:
                graph = self.traced(self.gradient_of_share, (self.theta, *own))
                self.shares.append(lambda graph=graph, own=own: graph(self.theta, *own))
        if self.count > 1:
            given = self.theta, self.m, self.v, *self.corrections()
            sums = [torch.zeros_like(self.theta) for _ in range(self.count)]  # told apart by identity
            self.outer = self.traced(self.step_of_shares, (*given, *sums))

    def unpack(self, theta):
        return [part.view(shape) for part, shape in zip(theta.split(self.sizes), self.shapes)]

    def corrections(self):
        rate, correction = self.w.outer_rate / (1 - BETA1 ** (self.k + 1)), 1 / (1 - BETA2 ** (self.k + 1))
        return torch.tensor(rate), torch.tensor(correction)

    @staticmethod
    def traced(function, arguments):
        graph = functorch.make_fx(lambda *given: function(*given))(*arguments)  # it counts the self of a method
        with torch.no_grad():
            try:
                script = torch.jit.trace(graph.eval(), arguments, check_trace=False)
            except RuntimeError:  # the gradient of a convolution takes arguments that trace does not know
                script = torch.jit.script(scriptable(graph).eval())
            return torch.jit.freeze(script)

    def inner(self, p, xs, ys):
        rule = self.rule
        if rule.only_head:
            *_, (_, (weight, bias)) = self.w.layers
            seen = network(self.w.layers[:-1], torch.relu)(p, xs)
            head = [p[weight], p[bias]]

            def head_loss(h):
                return rule.loss(torch.addmm(h[1], seen, h[0]), ys)

            for _ in range(rule.steps):
                grads = functorch.grad(head_loss)(head)
                head = [torch.sub(q, g, alpha=self.w.inner_rate) for q, g in zip(head, grads)]
            return p[:weight] + head
        for _ in range(rule.steps):
            grads = functorch.grad(rule.support_loss)(p, xs, ys)
            if not rule.exact:
                grads = [g.detach() for g in grads]
            p = [torch.sub(q, g, alpha=self.w.inner_rate) for q, g in zip(p, grads)]
        return p

    def task_loss(self, p, xs, ys, xq, yq):
        if self.w.name in PROTOTYPES:
            return F.cross_entropy(prototype_logits(self.rule.net(p, xs), ys, self.rule.net(p, xq), self.w.ways), yq)
        return self.rule.loss(self.rule.net(self.inner(p, xs, ys), xq), yq)

    def gradient_of_one(self, theta, xs, ys, xq, yq):
        grads, loss = functorch.grad_and_value(self.task_loss)(self.unpack(theta), xs, ys, xq, yq)
        return torch.cat([g.reshape(-1) for g in grads]), loss

    def meta_iteration(self, theta, m, v, rate, correction, xs, ys, xq, yq):
        per_task = functorch.vmap(self.task_loss, in_dims=(None, 0, 0, 0, 0))

        def mean_loss(p):
            return per_task(p, xs, ys, xq, yq).mean()

        grads, loss = functorch.grad_and_value(mean_loss)(self.unpack(theta))
        return (*self.step(theta, m, v, rate, correction, torch.cat([g.reshape(-1) for g in grads])), loss)

    def gradient_of_share(self, theta, xs, ys, xq, yq):
        per_task = functorch.vmap(self.task_loss, in_dims=(None, 0, 0, 0, 0))
        grads, loss = functorch.grad_and_value(lambda p: per_task(p, xs, ys, xq, yq).sum())(self.unpack(theta))
        return torch.cat([g.reshape(-1) for g in grads]), loss

    def step_of_shares(self, theta, m, v, rate, correction, *gradients):
        return self.step(theta, m, v, rate, correction, sum(gradients[1:], gradients[0]) / self.w.meta_batch)

    @staticmethod
    def step(theta, m, v, rate, correction, g):
        m = m * BETA1 + g * (1 - BETA1)
        v = v * BETA2 + g * g * (1 - BETA2)
        return theta - rate * m / (v * correction + EPS).sqrt(), m, v

    def displacement(self, theta, xs, ys, xq, yq):
        p = self.inner(self.unpack(theta), xs, ys)
        loss = self.rule.loss(self.rule.net(p, xq), yq)
        return theta + self.w.outer_rate * (torch.cat([q.reshape(-1) for q in p]) - theta), loss

    def adaptation(self, theta, xs, ys):
        return tuple(self.inner(self.unpack(theta), xs, ys))

    def task_by_task(self, tasks):
        total, losses = None, 0.0
        for task in zip(*tasks):
            g, loss = self.run_one(self.theta, *task)
            total = g if total is None else total.add_(g)
            losses += float(loss)
        return total, losses

    def iterate_shares(self):
        for worker, share in zip(workers(), self.shares[1:]):
            worker.begin(share)
        try:
            parts = [self.shares[0]()]
        finally:
            others = [worker.wait() for worker, _ in zip(workers(), self.shares[1:])]
        parts += others
        gradients = [g for g, _ in parts]
        if self.count > 1:
            found = self.outer(self.theta, self.m, self.v, *self.corrections(), *gradients)
        else:
            found = self.step(self.theta, self.m, self.v, *self.corrections(), gradients[0] / self.w.meta_batch)
        self.theta, self.m, self.v = found
        self.k += 1
        return sum(loss for _, loss in parts) / self.w.meta_batch

    @torch.no_grad()
    def once(self):
        if self.w.name in ADAPTATIONS:
            self.run(self.theta, *self.data[:2])
            return 0.0
        if self.w.name in REPTILE:
            self.theta, loss = self.run(self.theta, *self.data)
            return loss
        if self.shares:
            return self.iterate_shares()
        self.theta, self.m, self.v, loss = self.run(self.theta, self.m, self.v, *self.corrections(), *self.data)
        self.k += 1
        return loss

    @torch.no_grad()
    def losses(self, iterations):
        if self.w.name in ADAPTATIONS:
            found = []
            for i in range(iterations):
                xs, ys, xq, yq = [part[i % part.shape[0]] for part in self.w.tasks]
                found.append(float(self.rule.loss(self.rule.net(self.run(self.theta, xs, ys), xq), yq)))
            return found
        return [float(self.once()) for _ in range(iterations)]


RIVALS = {
    "torch": Eager,
    "torch-channels-last": lambda w: Eager(w, channels_last=True),
    "functorch-jit": Traced,
    "functorch-jit-within": lambda w: Traced(w, divided=False),
}


def rivals_of(w):
    wanted = {"torch": True, "torch-channels-last": w.is_image, "functorch-jit": True,
              "functorch-jit-within": w.is_image and threads > 1}
    return [name for name in RIVALS if wanted[name]]


def serve(folder):
    made = {}

    def rival(request, name):
        which = name, request["rival"]
        if which not in made:
            if any(other != name for other, _ in made):
                made.clear()  # one workload at a time: all its rivals take turns
            made[which] = RIVALS[request["rival"]](Workload(folder, name))
            torch.set_num_threads(made[which].threads)
            for _ in range(3):
                made[which].once()
        torch.set_num_threads(made[which].threads)
        return made[which]

    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "rivals" in request:
                answer = {"rivals": rivals_of(Workload(folder, request["rivals"]))}
            elif "losses" in request:
                made.clear()
                fresh = RIVALS[request["rival"]](Workload(folder, request["losses"]))
                torch.set_num_threads(fresh.threads)
                answer = {"losses": fresh.losses(request["iterations"])}
            else:
                it = rival(request, request["measure"])
                calls, begin = 0, time.perf_counter()
                while calls < 2 or time.perf_counter() - begin < request["seconds"]:
                    it.once()
                    calls += 1
                seconds = time.perf_counter() - begin
                answer = {"seconds_per_task": seconds / calls / it.w.meta_batch, "calls": calls}
        except Exception as e:  # said to the driver, which leaves this rival out
            answer = {"error": f"{type(e).__name__}: {e}".splitlines()[0][:200]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER [THREADS], the folder written by `workloads --export FOLDER`")
    serve(sys.argv[1])
