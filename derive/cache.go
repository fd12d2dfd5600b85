// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"container/list"
	"sync"
)

// cache keeps results in memory, those that were asked for last, up to a size
// in bytes. What was made of an exhibit is dropped together, for erasure.
type cache struct {
	mu        sync.Mutex
	limit     int64
	size      int64
	order     *list.List // of *entry, the one used last in front
	byKey     map[string]map[string]*list.Element
	forgotten int64 // counts the calls of forget
}

type entry struct {
	key, slot string
	value     any
	size      int64
}

// entryCost is what an entry takes besides its own bytes, about.
const entryCost = 512

func newCache(limit int64) *cache {
	return &cache{limit: limit, order: list.New(), byKey: map[string]map[string]*list.Element{}}
}

func (c *cache) get(key, slot string) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key][slot]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry).value, true
}

// moment is asked for before a result is made: one that was begun before a
// call of forget is not put in after it.
func (c *cache) moment() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forgotten
}

func (c *cache) put(key, slot string, value any, size int64, since int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	size += entryCost
	if key == "" || size > c.limit || since != c.forgotten {
		return
	}
	if old, ok := c.byKey[key][slot]; ok {
		c.drop(old)
	}
	if c.byKey[key] == nil {
		c.byKey[key] = map[string]*list.Element{}
	}
	c.byKey[key][slot] = c.order.PushFront(&entry{key, slot, value, size})
	for c.size += size; c.size > c.limit; {
		c.drop(c.order.Back())
	}
}

func (c *cache) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgotten++
	for _, e := range c.byKey[key] {
		c.drop(e)
	}
}

func (c *cache) drop(e *list.Element) {
	gone := c.order.Remove(e).(*entry)
	c.size -= gone.size
	delete(c.byKey[gone.key], gone.slot)
	if len(c.byKey[gone.key]) == 0 {
		delete(c.byKey, gone.key)
	}
}
