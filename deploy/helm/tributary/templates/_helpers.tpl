{{- define "tributary.labels" -}}
{{ include "tributary.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "tributary.selector" -}}
app.kubernetes.io/name: tributary
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tributary.metadata" -}}
name: {{ .Release.Name }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "tributary.labels" . | nindent 2 }}
{{- end }}

{{- define "tributary.hasSeveral" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) }}true{{ end }}
{{- end }}

{{- /* STRIPE_SECRET_KEY is given in the file that STRIPE_SECRET_KEY_FILE names; API_KEYS_FILE names a file itself. */ -}}
{{- define "tributary.fileVariable" -}}
{{- if hasSuffix "_FILE" . }}{{ . }}{{ else }}{{ . }}_FILE{{ end }}
{{- end }}

{{- /* DRAIN_DELAY_MS and REQUEST_TIMEOUT_MS, and five seconds. */ -}}
{{- define "tributary.gracePeriod" -}}
{{- $drain := int (default 5000 .Values.settings.DRAIN_DELAY_MS) }}
{{- $request := int (default 10000 .Values.settings.REQUEST_TIMEOUT_MS) }}
{{- add 5 (div (add $drain $request 999) 1000) }}
{{- end }}
