// The options that make a request, and what the command makes of it.
#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string_view>

#include "core/request/request.hpp"
#include "native/load_options.hpp"

namespace evenkeel {

// Those of these names (request_options.hpp of the core), in this order; what was given goes into the request.
void add_request_options(CLI::App& app, Request& request,
                         std::initializer_list<std::string_view> names);
// All that say a shape: the numbers, and the policy.
void add_shape_options(CLI::App& app, Request& request);
// --replicate, --tail, --fixup, --pack, --refine.
void add_stage_options(CLI::App& app, Request& request);

// The request, which says now which loads it is about.
Request with_loads(Request request, const LoadOptions& loads);

// resolve_shape for these loads, its notes on standard error unless quiet.
Status resolve_shape_for(const Loads& loads, const Request& request, bool quiet, Shape& out);
// The same as resolve_without_slots.
Status resolve_sweep_for(const Loads& loads, const Request& request, bool quiet, Shape& out);

}  // namespace evenkeel
