/** Tests without a socket: the test kit of the API is all they need. */
@NullMarked
package com.example.redisdeny;

import org.jspecify.annotations.NullMarked;
