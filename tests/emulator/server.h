/* SPDX-License-Identifier: MIT */
/* server.h - the HTTP(S) side: libmicrohttpd, one thread a connection, so that a slow answer delays nobody else. */
#ifndef EMU_SERVER_H
#define EMU_SERVER_H

#include "options.h"
#include "state.h"
#include "tls.h"

struct MHD_Daemon;

/* Listens; *port is the one in use. tls is NULL for plain HTTP and must outlive the server. */
struct MHD_Daemon *server_start(struct state *state, const struct options *o, const struct tls *tls, int *port, struct err *e);
/* Ends every connection, also one that never would. */
void server_stop(struct MHD_Daemon *daemon, struct state *state);

#endif
