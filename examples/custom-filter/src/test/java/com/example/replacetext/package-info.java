/** Tests of the filter with the test kit of the API. */
@NullMarked
package com.example.replacetext;

import org.jspecify.annotations.NullMarked;
