/* SPDX-License-Identifier: MIT */
/* slice_state.h - what is known of a slice (subscription, reported UTC day). The numbers stand in the database. */
#ifndef VALUE_SLICE_STATE_H
#define VALUE_SLICE_STATE_H

enum slice_state {
	SLICE_UNKNOWN,     /* never asked for */
	SLICE_COMPLETE,    /* read to its end, with rows */
	SLICE_EMPTY,       /* read: the service has no usage */
	SLICE_UNCONFIRMED, /* an empty 204, which may also mean "not yet" */
	SLICE_FAILED,      /* the last reading failed; what was stored before stays */
};

#endif
