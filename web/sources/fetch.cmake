# The sources of Dear ImGui: fetched into the build tree once, checked, never committed. They come from Debian's
# archive or from its snapshot, which keeps them permanently.
# Without a network: unpack them yourself and set FETCHCONTENT_SOURCE_DIR_IMGUI.
include(FetchContent)

# The upstream archive of a source package: pool folder, date of upload to Debian, file, SHA-256.
function(fetch_source name folder date file hash)
  message(STATUS "${name}: ${file}")
  FetchContent_Declare(${name}
    URL http://deb.debian.org/debian/pool/main/${folder}/${file}
        https://snapshot.debian.org/archive/debian/${date}/pool/main/${folder}/${file}
    URL_HASH SHA256=${hash}
    DOWNLOAD_EXTRACT_TIMESTAMP ON
    SOURCE_SUBDIR built-by-us)  # their CMakeLists.txt is not used
  FetchContent_MakeAvailable(${name})
  set(${name}_SOURCE_DIR ${${name}_SOURCE_DIR} PARENT_SCOPE)
endfunction()

fetch_source(imgui i/imgui 20240301T000000Z imgui_1.90.1%2bds.orig.tar.xz
  ecce377df0f90b292f15dcbd83d438bddc162b2388c881132bde18c787572a1c)
