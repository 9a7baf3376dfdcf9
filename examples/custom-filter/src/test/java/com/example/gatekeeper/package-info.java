/** Tests of the filter with the test kit of the API. */
@NullMarked
package com.example.gatekeeper;

import org.jspecify.annotations.NullMarked;
