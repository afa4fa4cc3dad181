/* SPDX-License-Identifier: MIT */
/* url.h - addresses of the configuration: a scheme and a host, and nothing that could hide more. */
#ifndef VALUE_URL_H
#define VALUE_URL_H

#include "base/err.h"
#include "base/span.h"

/* Accepts https://HOST[:PORT], and http:// when the host is a loopback address: no user name, path, query, fragment or slash behind. */
int url_check_service(struct span url, struct err *e) MUST_CHECK;
/* Accepts http:// and https:// of any host, with the same restrictions. */
int url_check_proxy(struct span url, struct err *e) MUST_CHECK;
/* localhost, 127.0.0.0/8, ::1 (in brackets or not). */
bool url_is_loopback(struct span host);

#endif
