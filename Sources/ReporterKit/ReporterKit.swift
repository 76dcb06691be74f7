// ReporterKit
