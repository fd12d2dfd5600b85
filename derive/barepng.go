// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"encoding/binary"
	"hash/crc32"
	"strings"

	"recount/fault"
)

const pngMark = "\x89PNG\r\n\x1a\n"

// barePNG holds what a child answered to a PNG of points and nothing else: the
// chunks IHDR, PLTE, tRNS, IDAT and IEND, with right checksums, and nothing
// behind (PNG, third edition, 5). It decodes nothing.
func barePNG(data []byte) (width, height int, err error) {
	rest, ok := strings.CutPrefix(string(data[:min(len(data), len(pngMark))]), pngMark)
	if !ok || rest != "" {
		return 0, 0, fault.Invalid
	}
	data = data[len(pngMark):]
	for first := true; ; first = false {
		if len(data) < 12 {
			return 0, 0, fault.Invalid
		}
		n := int64(binary.BigEndian.Uint32(data))
		if n > int64(len(data)-12) {
			return 0, 0, fault.Invalid
		}
		name, body := string(data[4:8]), data[8:8+n]
		if first != (name == "IHDR") || crc32.ChecksumIEEE(data[4:8+n]) != binary.BigEndian.Uint32(data[8+n:]) {
			return 0, 0, fault.Invalid
		}
		data = data[12+n:]
		switch name {
		case "IHDR":
			if n != 13 {
				return 0, 0, fault.Invalid
			}
			width, height = int(binary.BigEndian.Uint32(body)), int(binary.BigEndian.Uint32(body[4:]))
		case "PLTE", "tRNS", "IDAT":
		case "IEND":
			if n != 0 || len(data) != 0 {
				return 0, 0, fault.Invalid
			}
			return width, height, nil
		default:
			return 0, 0, fault.Invalid
		}
	}
}
