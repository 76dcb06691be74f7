// ReporterHost
