{{/* The name of everything that is made. */}}
{{- define "slipway.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What the pods of this release are known by. */}}
{{- define "slipway.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "slipway.labels" -}}
{{ include "slipway.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The headless service by which nodes find each other. */}}
{{- define "slipway.nodes" -}}
{{ include "slipway.name" . }}-nodes
{{- end -}}

{{- define "slipway.busSecret" -}}
{{ .Values.cluster.bus.existingSecret | default (printf "%s-bus" (include "slipway.name" .)) }}
{{- end -}}

{{- define "slipway.secret" -}}
{{ .Values.existingSecret | default (include "slipway.name" .) }}
{{- end -}}

{{/* registry.yaml: what the user says, and above it what only this chart can know. */}}
{{- define "slipway.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $_ := required "config.database.url must say where PostgreSQL is" (dig "database" "url" "" $config) -}}
{{- $_ := required "config.storage.s3.bucket must name the bucket" (dig "storage" "s3" "bucket" "" $config) -}}
{{- $members := list (printf "%s.%s.svc.%s" (include "slipway.nodes" .) .Release.Namespace .Values.cluster.domain) -}}
{{- $bus := dict "certificate" "/etc/slipway-bus/tls.crt" "key" "/etc/slipway-bus/tls.key" -}}
{{- $cluster := dict "enabled" true "name" (include "slipway.name" .) "discovery" "kubernetes" "members" $members "port" 5701 "bus_port" 5702 "tls" $bus "authority" "/etc/slipway-bus/ca.crt" -}}
{{- $own := dict "http" (dict "host" "0.0.0.0" "port" 5000) "ops" (dict "host" "0.0.0.0" "port" 5001) "storage" (dict "backend" "s3" "path" "/var/lib/registry") "cluster" $cluster -}}
{{- toYaml (mustMergeOverwrite $config $own) -}}
{{- end -}}
