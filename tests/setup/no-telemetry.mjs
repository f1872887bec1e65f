// Apollo's gateway would call clouds' metadata services and report to Apollo from within tests.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
