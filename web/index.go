// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"time"
)

// KeepIndexed brings the search index of every case up to its journal, again
// and again until the context ends. What fails is logged and tried anew: pages
// say how far the index lags.
func (s *Server) KeepIndexed(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		ids, err := s.Archive.Cases(ctx)
		for _, id := range ids {
			c, openErr := s.opened(ctx, id)
			if openErr == nil {
				openErr = c.Index(ctx, func(_, _ int64) {})
			}
			err = errors.Join(err, openErr)
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Error("indexing failed", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
