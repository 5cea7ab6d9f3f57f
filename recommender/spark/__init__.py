"""The neighbours of `recommender.kernel` as a Spark job, for data that do not fit one machine; bit for bit the same.

Needs the extra `zhike[spark]` on the driver and on every worker, and Java 17. Nothing else here imports it."""
