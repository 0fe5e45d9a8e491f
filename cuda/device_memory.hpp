// Checked CUDA calls, and resources that destructors release.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <string>
#include <utility>

#include "core/base/status.hpp"

namespace evenkeel {

// An error with the attempted action and the driver's message.
inline Status cuda_status(cudaError_t error, const std::string& attempted) {
  if (error == cudaSuccess) return {};
  (void)cudaGetLastError();  // the next call must not report this error again
  std::string sentence = "CUDA: " + attempted + ": " + cudaGetErrorString(error);
  switch (error) {
    case cudaErrorMemoryAllocation:
      return Status::out_of_memory(std::move(sentence));
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
      return Status::not_present(std::move(sentence));
    default:
      return Status::internal(std::move(sentence));
  }
}

// Memory of one kind, which can grow; release() frees it.
template <class Kind>
class CudaMemory {
 public:
  CudaMemory() = default;
  CudaMemory(const CudaMemory&) = delete;
  CudaMemory& operator=(const CudaMemory&) = delete;
  ~CudaMemory() { (void)release(); }

  // Growing discards the content.
  Status reserve(std::size_t bytes) {
    if (bytes <= size_) return {};
    if (Status status = release(); !status.ok()) return status;
    const cudaError_t error = Kind::allocate(&data_, bytes);
    if (error == cudaSuccess) {
      size_ = bytes;
    } else {
      data_ = nullptr;
    }
    return cuda_status(error, "allocating " + std::to_string(bytes) + " bytes of " + Kind::kName);
  }
  Status release() {
    if (data_ == nullptr) return {};
    void* data = data_;
    data_ = nullptr;
    size_ = 0;
    return cuda_status(Kind::free(data), std::string("freeing ") + Kind::kName);
  }
  std::byte* data() const { return static_cast<std::byte*>(data_); }
  std::size_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

struct OnDevice {
  static constexpr const char* kName = "device memory";
  static cudaError_t allocate(void** data, std::size_t bytes) { return cudaMalloc(data, bytes); }
  static cudaError_t free(void* data) { return cudaFree(data); }
};
struct Pinned {
  static constexpr const char* kName = "pinned host memory";
  static cudaError_t allocate(void** data, std::size_t bytes) {
    return cudaMallocHost(data, bytes);
  }
  static cudaError_t free(void* data) { return cudaFreeHost(data); }
};

using DeviceMemory = CudaMemory<OnDevice>;
using PinnedMemory = CudaMemory<Pinned>;

// A stream of copies and kernels.
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
