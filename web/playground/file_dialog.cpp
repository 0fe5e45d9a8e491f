#include "web/playground/file_dialog.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <utility>
#include <vector>

namespace evenkeel {
namespace {

constexpr std::size_t kLongestAnswer = std::size_t{1} << 20;

bool is_on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::vector<std::string> words_of(const std::string& program) {
  const std::string names =
      "*.pt *.safetensors *.json *.jsonl *.ndjson *.npy *.npz *.csv *.tsv *.gz *.zst";
  if (program == "kdialog") {
    return {program, "--multiple", "--separate-output", "--getopenfilename", ".", names};
  }
  return {program,
          "--file-selection",
          "--multiple",
          "--separator=\n",
          "--title=Open recorded loads",
          "--file-filter=Loads | " + names,
          "--file-filter=All files | *"};
}

}  // namespace

FileDialog::FileDialog() {
  for (const char* known : {"zenity", "kdialog"}) {
    if (program_.empty() && is_on_path(known)) program_ = known;
  }
}

FileDialog::~FileDialog() {
  if (from_ < 0) return;
  close(from_);
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

void FileDialog::open() {
  int ends[2];
  if (is_open() || !can_open() || pipe2(ends, O_CLOEXEC) != 0) return;
  std::vector<std::string> words = words_of(program_);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const int failed =
      posix_spawnp(&process_, program_.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    program_.clear();  // typing paths still works
    return;
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  from_ = ends[0];
  said_.clear();
}

std::vector<std::string> FileDialog::poll() {
  if (!is_open()) return {};
  char bytes[512];
  const ssize_t count = read(from_, bytes, sizeof bytes);
  if (count > 0 && said_.size() < kLongestAnswer)
    said_.append(bytes, static_cast<std::size_t>(count));
  if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) return {};
  if (waitpid(process_, nullptr, WNOHANG) == 0) return {};  // it has closed its output, but runs on
  close(std::exchange(from_, -1));
  std::vector<std::string> paths;
  std::istringstream lines(said_);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) paths.push_back(line);
  }
  return paths;
}

}  // namespace evenkeel
