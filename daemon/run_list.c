/* SPDX-License-Identifier: MIT */
/* What the steps have in common about answers and lists. */
#include "daemon/run_inner.h"

int run_gather(struct buf *body, struct span bytes, struct err *e)
{
	if (buf_add_span(body, bytes) == -1)
		return err_set(e, ERR_FORMAT, "the document has more than %zu bytes", body->max);
	return 0;
}

int run_list_answer(const struct pager *p, struct err *e)
{
	switch (p->answer) {
	case FETCH_OK:
		return 0;
	case FETCH_NO_CONTENT:
		if (p->told_to_wait)
			return err_set(e, ERR_BUSY, "not ready yet: the service asks to wait (204)");
		/* fall through */
	case FETCH_NO_USAGE:
		/* Taken for an empty list it would have everybody go missing. */
		return err_set(e, ERR_REMOTE, "an answer without a list, which is not an empty list");
	case FETCH_NOT_FOUND:
	case FETCH_FORBIDDEN:
	case FETCH_FAILED:
		break;
	}
	if (p->err.kind == ERR_NONE)
		return err_set(e, ERR_REMOTE, "refused");
	*e = p->err;
	return -1;
}

bool run_is_down(const struct pager *p, const struct err *e)
{
	return e->kind == ERR_NET || (e->kind == ERR_BUSY && !p->told_to_wait);
}
