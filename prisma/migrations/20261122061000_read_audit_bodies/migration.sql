-- What a search asks of an entry's body, where no column has it. NULL of a body that is not what we write: the log is searched
-- whole, whatever stands in it. (A subtransaction catches the error, and those cannot be started in parallel.)
CREATE FUNCTION "audit_role"(body text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE AS $$
BEGIN
  RETURN body::jsonb #>> '{role,id}';
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;

CREATE FUNCTION "audit_duration"(body text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE AS $$
BEGIN
  RETURN (body::jsonb ->> 'durationMs')::numeric;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;

-- Scopes that were had, needed or missing.
CREATE FUNCTION "audit_scopes"(body text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE AS $$
DECLARE
  entry jsonb;
BEGIN
  entry := body::jsonb;
  RETURN ARRAY(
    SELECT jsonb_array_elements_text(list) FROM unnest(ARRAY[
      entry #> '{credential,scopes}', entry #> '{actor,credential,scopes}', entry -> 'requiredScopes', entry -> 'missingScopes'
    ]) AS lists(list) WHERE jsonb_typeof(list) = 'array');
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;

-- Kinds and ids of the credential that an entry is about, and of the one that its actor used.
CREATE FUNCTION "audit_credentials"(body text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE AS $$
DECLARE
  entry jsonb;
BEGIN
  entry := body::jsonb;
  RETURN array_remove(ARRAY[
    entry #>> '{credential,kind}', entry #>> '{credential,id}', entry #>> '{actor,credential,kind}', entry #>> '{actor,credential,id}'
  ], NULL);
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;
