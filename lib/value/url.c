/* SPDX-License-Identifier: MIT */
#include "value/url.h"

#include "value/parse.h"

#include <arpa/inet.h>

#define HOST_MAX 253 /* bytes of a name in the DNS */
#define PORT_MAX 65535

struct origin {
	bool https;
	struct span host; /* with the brackets of IPv6 */
};

/* Takes PREFIX off the front of REST. */
static bool take(struct span *rest, const char *prefix)
{
	size_t n = strlen(prefix);

	if (rest->n < n || memcmp(rest->p, prefix, n) != 0)
		return false;
	rest->p += n;
	rest->n -= n;
	return true;
}

/* The host as text, without brackets; false when too long to be one. */
static bool host_text(struct span host, char text[HOST_MAX + 1])
{
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		host.p++;
		host.n -= 2;
	}
	if (host.n == 0 || host.n > HOST_MAX || memchr(host.p, '\0', host.n))
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	return true;
}

static bool is_host(struct span host)
{
	char text[HOST_MAX + 1];
	struct in6_addr address;

	if (!host_text(host, text))
		return false;
	if (host.p[0] == '[')
		return inet_pton(AF_INET6, text, &address) == 1;
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == host.n && text[0] != '.' &&
	       text[0] != '-';
}

static bool is_port(struct span text)
{
	struct err ignored = ERR_INIT;
	int64_t port;

	return text.n <= 5 && parse_int(&port, text, 1, PORT_MAX, &ignored) == 0;
}

static bool read_origin(struct origin *o, struct span url)
{
	struct span rest = url;
	const char *bracket, *colon;
	size_t from;

	o->https = take(&rest, "https://");
	if ((!o->https && !take(&rest, "http://")) || rest.n == 0)
		return false;
	bracket = rest.p[0] == '[' ? memchr(rest.p, ']', rest.n) : NULL;
	from = bracket ? (size_t)(bracket - rest.p) : 0; /* colons within brackets are the address's */
	colon = memchr(rest.p + from, ':', rest.n - from);
	o->host = (struct span){ rest.p, colon ? (size_t)(colon - rest.p) : rest.n };
	if (colon && !is_port((struct span){ colon + 1, rest.n - o->host.n - 1 }))
		return false;
	return is_host(o->host);
}

bool url_is_loopback(struct span host)
{
	char text[HOST_MAX + 1];
	unsigned char address[sizeof(struct in6_addr)];

	if (!host_text(host, text))
		return false;
	if (inet_pton(AF_INET, text, address) == 1)
		return address[0] == 127;
	if (inet_pton(AF_INET6, text, address) == 1)
		return memcmp(address, &in6addr_loopback, sizeof(in6addr_loopback)) == 0;
	return strcmp(text, "localhost") == 0;
}

/* The errors do not repeat the text: what is wrong with it may well be a password in it. */
int url_check_service(struct span url, struct err *e)
{
	struct origin o;

	if (read_origin(&o, url) && (o.https || url_is_loopback(o.host)))
		return 0;
	return err_set(e, ERR_FORMAT, "expected https://HOST or https://HOST:PORT and nothing behind it (http:// for loopback addresses only)");
}

int url_check_proxy(struct span url, struct err *e)
{
	struct origin o;

	if (read_origin(&o, url))
		return 0;
	return err_set(e, ERR_FORMAT, "expected http://HOST:PORT or https://HOST:PORT, without user name and password");
}
