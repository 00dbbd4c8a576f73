//! The only sockets and the only async: asks, politely and bounded, and keeps every answer.
