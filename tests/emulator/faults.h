/* SPDX-License-Identifier: MIT */
/* faults.h - the scenario's [fault.NAME] rules: which one hits a request, and what it does before the answer is made. */
#ifndef EMU_FAULTS_H
#define EMU_FAULTS_H

#include "request.h"

/* Counts the request for every rule that matches it and sets r->fault to the first that fires. */
void faults_match(struct request *r);
/* 1: the reply is made by the fault alone. 0: the usual answer comes next. */
int faults_before(struct request *r);

#endif
