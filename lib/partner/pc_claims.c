/* SPDX-License-Identifier: MIT */
#include "partner/pc_claims.h"

#include "partner/pc_json.h"
#include "partner/pc_jwt.h"

#include <jansson.h>

#define CODE "E-FORMAT-ID-TOKEN"
#define REMEDY "the sign-in service's answer is not as documented; check login_url and any proxy in between"

static int decode(struct pc_claims *c, const json_t *document, struct guid client_id, struct err *e)
{
	static const char *const names[] = { "preferred_username", "upn", "unique_name", "email" };
	struct guid audience;

	if (guid_parse(&c->tenant, pc_json_text(document, "tid"), e) == -1)
		return err_set(e, ERR_FORMAT, "id_token: tid: no tenant");
	if (guid_parse(&audience, pc_json_text(document, "aud"), e) == -1 || !guid_equal(audience, client_id))
		return err_set(e, ERR_FORMAT, "id_token: aud: it is for another application");
	pc_error_name(c->oid, pc_json_text(document, "oid"));
	pc_error_name(c->name, pc_json_text(document, "name"));
	pc_error_name(c->issuer, pc_json_text(document, "iss"));
	c->upn[0] = '\0';
	for (size_t i = 0; i < countof(names) && !c->upn[0]; i++)
		pc_error_name(c->upn, pc_json_text(document, names[i]));
	return 0;
}

int pc_claims_decode(struct pc_claims *claims, const char *id_token, struct guid client_id, struct err *e)
{
	json_t *document = id_token ? pc_jwt_claims(id_token) : NULL;
	struct pc_claims new = { .oid = "" };
	int rc;

	if (document)
		rc = decode(&new, document, client_id, e);
	else
		rc = err_set(e, ERR_FORMAT, id_token ? "id_token: not a JSON Web Token" : "id_token: missing");
	json_decref(document);
	if (rc == -1)
		return err_advise(e, CODE, REMEDY);
	*claims = new;
	return 0;
}

bool pc_claims_is_personal(const struct pc_claims *claims)
{
	static const struct guid personal = { /* 9188040d-6c67-4c5b-b112-36a304b66dad */
		{ 0x91, 0x88, 0x04, 0x0d, 0x6c, 0x67, 0x4c, 0x5b, 0xb1, 0x12, 0x36, 0xa3, 0x04, 0xb6, 0x6d, 0xad }
	};

	return guid_equal(claims->tenant, personal);
}
