r"""Configuration documents, filled in by hand: YAML, and Terraform's HCL beside it.

Example: compose -> "services:\n  shop-api:\n    image: nginx:1.25.3\n ...".
"""

from string import Template

from numpy.random import Generator

from codelength.roundtrip.sources.kinds import Kind, Source, between, pick

PARTS = (
    ("shop", "blog", "mail", "chat", "photo", "billing", "search", "report", "login", "stock"),
    ("api", "web", "worker", "proxy", "jobs", "cache", "sync", "feed"),
)
IMAGES = ("nginx", "redis", "postgres", "httpd", "python", "node", "golang", "mysql", "caddy")
SERVICES = ("nginx", "redis", "docker", "sshd", "haproxy", "postgresql", "chrony")
STORES = ("postgres", "mysql", "mariadb", "mongo", "redis", "influxdb")
SETTINGS = (
    ("LOG_LEVEL", "debug"),
    ("LOG_LEVEL", "warn"),
    ("TZ", "UTC"),
    ("TZ", "Europe/Oslo"),
    ("STAGE", "test"),
    ("STAGE", "blue"),
    ("CACHE_DIR", "/var/tmp"),
    ("CHARSET", "utf-8"),
)
LEVELS = ("debug", "info", "warning", "critical")
STAGES = ("dev", "test", "staging", "prod")
REGIONS = ("eu-west-1", "eu-north-1", "us-east-1", "us-west-2", "ap-south-1", "sa-east-1")
SIZES = ("t3.nano", "t3.micro", "t3.small", "m5.large", "c6g.large", "r5.xlarge")
HOURS = (1, 2, 3, 6, 8, 12)


def values(rng: Generator) -> dict[str, str]:
    """What the gaps of a document are filled with."""
    first, second, third = (between(rng, low, high) for low, high in ((0, 9), (0, 30), (0, 20)))
    variable, word = pick(rng, SETTINGS)
    return {
        "name": "-".join(pick(rng, part) for part in PARTS),
        "other": "-".join(pick(rng, part) for part in PARTS),
        "team": pick(rng, PARTS[0]),
        "image": pick(rng, IMAGES),
        "service": pick(rng, SERVICES),
        "version": f"{first}.{second}.{third}",
        "minor": f"3.{between(rng, 9, 14)}",
        "port": str(between(rng, 1024, 9999)),
        "inner": str(pick(rng, (80, 443, 3000, 5000, 8000, 8080, 9090))),
        "count": str(between(rng, 1, 12)),
        "many": str(between(rng, 13, 64)),
        "cpu": str(between(rng, 1, 20) * 50),
        "memory": str(2 ** between(rng, 6, 11)),
        "seconds": str(between(rng, 1, 12) * 5),
        "hours": str(pick(rng, HOURS)),
        "percent": str(between(rng, 50, 99)),
        "flag": pick(rng, ("true", "false")),
        "variable": variable,
        "word": word,
        "level": pick(rng, LEVELS),
        "stage": pick(rng, STAGES),
        "store": pick(rng, STORES),
        "region": pick(rng, REGIONS),
        "size": pick(rng, SIZES),
        "address": f"10.{between(rng, 0, 254)}.{between(rng, 0, 254)}",
    }


def documents(name: str, *templates: str) -> Kind:
    """One of the templates, with its gaps filled in."""
    texts = [Template(template.strip("\n")) for template in templates]
    return Kind(name, lambda rng: pick(rng, texts).substitute(values(rng)))


SOURCE = Source(
    "yaml",
    (
        documents(
            "app_config",
            """
app:
  name: $name
  version: $version
  debug: $flag
server:
  host: $address.1
  port: $port
  timeout: ${seconds}s
""",
            """
name: $name
database:
  url: postgres://$address.5:5432/$team
  pool: $count
  timeout: $seconds
cache:
  size: ${memory}mb
  enabled: $flag
log: $level
""",
            """
listen: $address.1:$port
workers: $count
features:
  - name: $team
    enabled: $flag
  - name: $name
    percent: $percent
""",
        ),
        documents(
            "kubernetes",
            """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: $name
spec:
  replicas: $count
  template:
    spec:
      containers:
        - name: $name
          image: $image:$version
          ports:
            - containerPort: $port
""",
            """
apiVersion: v1
kind: Service
metadata:
  name: $name
  labels:
    team: $team
spec:
  selector:
    app: $name
  ports:
    - port: $inner
      targetPort: $port
""",
            """
apiVersion: v1
kind: ConfigMap
metadata:
  name: $name
  namespace: $team
data:
  $variable: "$word"
  PORT: "$port"
""",
        ),
        documents(
            "compose",
            """
services:
  $name:
    image: $image:$version
    ports:
      - "$port:$inner"
    environment:
      $variable: $word
    restart: always
""",
            """
services:
  web:
    build: ./$name
    ports: ["$port:$inner"]
    depends_on:
      - db
  db:
    image: $store:$version
    volumes:
      - $team-data:/data
volumes:
  $team-data:
""",
        ),
        documents(
            "helm_values",
            """
replicaCount: $count
image:
  repository: $team/$name
  tag: "$version"
service:
  type: ClusterIP
  port: $port
""",
            """
image:
  repository: $image
  tag: "$version"
resources:
  limits:
    cpu: ${cpu}m
    memory: ${memory}Mi
autoscaling:
  enabled: $flag
  minReplicas: $count
  maxReplicas: $many
""",
            """
ingress:
  enabled: $flag
  hosts:
    - host: $name.example.com
      paths: ["/", "/$team"]
env:
  $variable: $word
  PORT: "$port"
""",
        ),
        documents(
            "ansible",
            """
- hosts: $team
  become: $flag
  tasks:
    - name: Install $service
      apt:
        name: $service
        state: present
    - name: Start $service
      service:
        name: $service
        state: started
    - wait_for:
        port: $port
""",
            """
- name: Configure $name
  hosts: $team
  vars:
    port: $port
    workers: $count
  tasks:
    - template:
        src: $name.conf.j2
        dest: /etc/$name.conf
        mode: "0644"
""",
            """
- name: Copy $name
  copy:
    src: "{{ root }}/$name-$version.tar"
    dest: /opt/$team
- name: Open the port
  ufw:
    rule: allow
    port: "$port"
""",
        ),
        documents(
            "prometheus",
            """
global:
  scrape_interval: ${seconds}s
scrape_configs:
  - job_name: $name
    static_configs:
      - targets: ["$address.2:$port", "$address.3:$port"]
""",
            """
groups:
  - name: $team
    rules:
      - alert: HighLoad
        expr: load{job="$name"} > 0.$percent
        for: ${seconds}m
        labels:
          severity: $level
""",
        ),
        documents(
            "ci",
            """
name: $name
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: $seconds
    steps:
      - uses: actions/checkout@v4
      - run: pip install $team==$version
      - run: make test
""",
            """
stages: [build, test]
variables:
  $variable: $word
build:
  image: $image:$version
  script:
    - make $name
test:
  script:
    - make test -j$count
  only: [main]
""",
            """
on:
  schedule:
    - cron: "$count */$hours * * *"
jobs:
  $name:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python: ["$minor"]
    steps:
      - run: ./$team.sh --limit $port
""",
        ),
        documents(
            "cloudformation",
            """
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: $size
      AvailabilityZone: ${region}a
      Tags:
        - Key: Name
          Value: $name
""",
            """
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: $name-$port
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: $other
      VisibilityTimeout: $seconds
""",
            """
Parameters:
  Stage:
    Type: String
    Default: $stage
Resources:
  Task:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: $name
      Runtime: python$minor
      MemorySize: $memory
      Timeout: $seconds
""",
        ),
        documents(
            "terraform",
            """
resource "aws_instance" "$team" {
  ami           = "ami-${port}${many}"
  instance_type = "$size"
  count         = $count

  tags = {
    Name = "$name"
  }
}
""",
            """
variable "port" {
  type    = number
  default = $port
}

resource "aws_s3_bucket" "$team" {
  bucket        = "$name"
  force_destroy = $flag
}
""",
            """
provider "aws" {
  region = "$region"
}

resource "aws_db_instance" "$team" {
  identifier        = "$name"
  engine_version    = "$version"
  allocated_storage = $memory
}
""",
        ),
    ),
)
