// SPDX-License-Identifier: BSL-1.0
// interrupt_token: a stop token that Ctrl-C asks to stop.
#pragma once

#include <csignal>
#include <stop_token>

namespace priori {

namespace detail {

inline std::stop_source& interrupt_source() {
    static std::stop_source source;
    return source;
}

}  // namespace detail

// From now on the first Ctrl-C asks the token to stop, so that a program ends with what it has so far; the second one
// ends the program as ever. The token stays stopped: a later training with it ends at once. Register no callback on the
// token: it would run inside of the signal handler.
// Example: train(learner, tasks, {.stop = interrupt_token()});
inline std::stop_token interrupt_token() {
    const std::stop_token token = detail::interrupt_source().get_token();  // made before a signal can come
    std::signal(SIGINT, [](int) {
        std::signal(SIGINT, SIG_DFL);
        detail::interrupt_source().request_stop();
    });
    return token;
}

}  // namespace priori
