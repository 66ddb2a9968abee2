-- The commitments that stand in a body, for searches by what they stand for.
CREATE FUNCTION "audit_commitments"(body text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(found[1]), '{}') FROM regexp_matches(body, '"(pd(?:text)?:[A-Za-z0-9_-]{43})"', 'g') AS found
$$;
