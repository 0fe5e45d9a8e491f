// CUDA calls that are all checked, and what they hand out, given back by destructors.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <string>
#include <utility>

#include "core/status.hpp"

namespace evenkeel {

// What was attempted, and the driver's words for what went wrong.
inline Status cuda_status(cudaError_t error, const std::string& attempted) {
  if (error == cudaSuccess) return {};
  (void)cudaGetLastError();  // the next call must not report this one again
  return Status::error("CUDA: " + attempted + ": " + cudaGetErrorString(error));
}

// Memory of the device, or pinned memory of the host. Grows, never shrinks.
template <cudaError_t (*Allocate)(void**, std::size_t), cudaError_t (*Free)(void*)>
class CudaMemory {
 public:
  CudaMemory() = default;
  CudaMemory(const CudaMemory&) = delete;
  CudaMemory& operator=(const CudaMemory&) = delete;
  ~CudaMemory() { (void)Free(data_); }

  Status reserve(std::size_t bytes) {
    if (bytes <= size_) return {};
    (void)Free(data_);
    data_ = nullptr;
    size_ = 0;
    const Status status =
        cuda_status(Allocate(&data_, bytes), "taking " + std::to_string(bytes) + " bytes");
    if (status.ok()) size_ = bytes;
    return status;
  }
  std::byte* data() const { return static_cast<std::byte*>(data_); }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

inline cudaError_t allocate_device(void** data, std::size_t bytes) {
  return cudaMalloc(data, bytes);
}
inline cudaError_t free_device(void* data) { return cudaFree(data); }
inline cudaError_t allocate_pinned(void** data, std::size_t bytes) {
  return cudaMallocHost(data, bytes);
}
inline cudaError_t free_pinned(void* data) { return cudaFreeHost(data); }

using DeviceMemory = CudaMemory<allocate_device, free_device>;
using PinnedMemory = CudaMemory<allocate_pinned, free_pinned>;

// A queue of copies and kernels.
class CudaStream {
 public:
  CudaStream() = default;
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;
  ~CudaStream() {
    if (stream_ != nullptr) (void)cudaStreamDestroy(stream_);
  }

  Status open() {
    if (stream_ != nullptr) return {};
    return cuda_status(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking),
                       "opening a stream");
  }
  Status finish() { return cuda_status(cudaStreamSynchronize(stream_), "running rows"); }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

}  // namespace evenkeel
