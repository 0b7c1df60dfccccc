SELECT coalesce(json_agg(place), '[]')
  FROM (SELECT pg_tablespace_location(oid) AS place FROM pg_tablespace) AS spaces
 WHERE place <> ''
