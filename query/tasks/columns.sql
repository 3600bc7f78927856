  leftPad(lower(hex(span_id)), 16, '0') AS span, leftPad(lower(hex(parent_id)), 16, '0') AS parent,
  leftPad(lower(hex(trace_id)), 32, '0') AS trace, run_id AS run, kind, status, name, started_at AS started, duration_ns, ttft_ns,
  model, request_model, provider, known, counted, not_counted, error_type, error_message, cost,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens
