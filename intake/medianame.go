// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"path/filepath"
	"strings"
)

// MediaTypeByName is the media type that a file's name claims, "" where the
// name claims none that is listed here. It is recorded beside the one that was
// found in the bytes: where they differ, a person should look. The table is
// ours, since those of operating systems differ.
func MediaTypeByName(name string) string {
	ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(name)), ".")
	return map[string]string{
		"csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain", "md": "text/markdown",
		"html": "text/html", "htm": "text/html", "xml": "text/xml", "json": "application/json", "jsonl": "application/x-ndjson", "ndjson": "application/x-ndjson", "rtf": "text/rtf",
		"pdf": "application/pdf", "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
		"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
		"odt":  "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
		"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "tif": "image/tiff", "tiff": "image/tiff",
		"webp": "image/webp", "heic": "image/heic", "svg": "image/svg+xml", "bmp": "image/bmp",
		"mp3": "audio/mpeg", "m4a": "audio/x-m4a", "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav", "amr": "audio/amr", "flac": "audio/flac",
		"mp4": "video/mp4", "mov": "video/quicktime", "avi": "video/x-msvideo", "mkv": "video/x-matroska", "webm": "video/webm", "3gp": "video/3gpp",
		"zip": "application/zip", "7z": "application/x-7z-compressed", "rar": "application/x-rar-compressed", "gz": "application/gzip", "tar": "application/x-tar",
		"eml": "message/rfc822", "msg": "application/vnd.ms-outlook", "mbox": "application/mbox", "warc": "application/warc",
		"sqlite": "application/vnd.sqlite3", "db": "application/vnd.sqlite3",
	}[ext]
}
