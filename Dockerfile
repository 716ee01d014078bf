# Two images of one code and one set of packages: `--target training` for SageMaker's jobs, `--target service` for
# the API and batch transform. `make image` builds both.

# Pinned by digest: what was scanned is what is built again. A newer one is taken by BASE, and then here.
ARG BASE=public.ecr.aws/docker/library/python:3.12-slim-bookworm@sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254

FROM ${BASE} AS packages
# Where a company keeps its own index or certificate; neither reaches the result.
ARG PIP_INDEX_URL
ARG PIP_CERT
COPY requirements/image.txt requirements/sbom.txt requirements/base_components.py /build/
RUN python3 -m venv /opt/app \
 && /opt/app/bin/python3 -m pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r /build/image.txt \
 && /opt/app/bin/python3 -m pip uninstall --yes --quiet pip setuptools \
 && python3 -m venv /build/sbom \
 && /build/sbom/bin/python3 -m pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r /build/sbom.txt \
 && mkdir -p /opt/app/share \
 && /build/sbom/bin/cyclonedx-py environment --output-reproducible --output-file /opt/app/share/sbom.cdx.json /opt/app/bin/python3 \
 && /build/sbom/bin/python3 /build/base_components.py /opt/app/share/sbom.cdx.json

FROM ${BASE} AS runtime
# The base's own installer, and programs that run as somebody else, are of no use to a running container, but to an
# intruder.
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/ensurepip /usr/local/lib/python3*/site-packages/pip* \
    /usr/local/lib/python3*/site-packages/setuptools* /usr/local/lib/python3*/site-packages/wheel* \
    /usr/lib/python3*/ensurepip /usr/share/python-wheels \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && mkdir -p /opt/ml && chown 10001:10001 /opt/ml
COPY --from=packages /opt/app /opt/app
WORKDIR /srv/forecast
COPY core core
ENV PATH=/opt/app/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/srv/forecast \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
ARG VERSION=0
ARG GIT_COMMIT=unknown
# Models name the commit that trained them.
ENV GIT_COMMIT=${GIT_COMMIT}
LABEL org.opencontainers.image.title=retail-forecast \
      org.opencontainers.image.version=${VERSION} \
      org.opencontainers.image.revision=${GIT_COMMIT}
STOPSIGNAL SIGTERM

# The list of components alone: `--target sbom --output build/sbom`.
FROM scratch AS sbom
COPY --from=packages /opt/app/share/sbom.cdx.json /

FROM runtime AS training
# SageMaker mounts /opt/ml for root alone and documents that it expects containers to start as root: the entry hands
# these folders to this user and becomes it for good, before it loads what reads data (docs/adr/0012).
ENV JOB_USER=10001
COPY training training
RUN python3 -m compileall -q /srv/forecast
USER 0:0
HEALTHCHECK NONE
# SageMaker's processing and training jobs give `python3 -m training step NAME` whole, as their own entry point.
ENTRYPOINT ["python3", "-m", "training"]

FROM runtime AS service
COPY service service
RUN python3 -m compileall -q /srv/forecast
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python3", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '8080') + '/livez', timeout=2)"]
# SageMaker and the chart add `serve`.
ENTRYPOINT ["python3", "-m", "service"]
CMD ["serve"]
