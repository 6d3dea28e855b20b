BEGIN TRANSACTION;
CREATE TABLE about (
	"key" VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "about" VALUES('schema_version','1');
INSERT INTO "about" VALUES('version','4');
INSERT INTO "about" VALUES('data_version','4');
CREATE TABLE check_runs (
	"check" VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	reason TEXT NOT NULL, 
	summary TEXT NOT NULL, 
	PRIMARY KEY ("check")
);
CREATE TABLE cluster_sizes (
	cluster INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	keeper INTEGER NOT NULL, 
	PRIMARY KEY (cluster)
);
CREATE TABLE clusters (
	example INTEGER NOT NULL, 
	cluster INTEGER NOT NULL, 
	keeper INTEGER NOT NULL, 
	similarity FLOAT NOT NULL, 
	kind VARCHAR NOT NULL, 
	PRIMARY KEY (example), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
CREATE TABLE decisions (
	seq INTEGER NOT NULL, 
	example INTEGER NOT NULL, 
	action VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	reviewer TEXT NOT NULL, 
	at VARCHAR NOT NULL, 
	seen_version INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	previous VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (example, seen_version), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
INSERT INTO "decisions" VALUES(1,1,'label','refund','ann','2026-11-30T08:40:17+00:00',0,'','','6fdb694de65b5ed53acdbcc4109465f307f389ec33b227712c2f900d05f5330e');
INSERT INTO "decisions" VALUES(2,2,'accept','','bob','2026-11-30T08:40:17+00:00',0,'','6fdb694de65b5ed53acdbcc4109465f307f389ec33b227712c2f900d05f5330e','15d074cfedf703695257360bb4c3f573195a4ab0db1f6936ffc94b1ba7220141');
INSERT INTO "decisions" VALUES(3,2,'undo','2','bob','2026-11-30T08:40:17+00:00',1,'','15d074cfedf703695257360bb4c3f573195a4ab0db1f6936ffc94b1ba7220141','5bf9ffac5b5248b0e88be8df8fea4102ae682179458af102311c6974a3a3af8c');
CREATE TABLE examples (
	seq INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	source INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	input TEXT NOT NULL, 
	output TEXT NOT NULL, 
	label TEXT, 
	"group" TEXT, 
	created TEXT, 
	meta TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id), 
	FOREIGN KEY(source) REFERENCES sources (id)
);
INSERT INTO "examples" VALUES(1,'ff82c781843118f215f98b31',1,0,'where is my parcel','delivery','delivery',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(2,'0068a8ef892f6f7c8ba3ad52',1,1,'money back please','refund','refund',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(3,'dbfa709a52cc3614ca786b7c',1,2,'the lamp is broken','refund','refund',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(4,'3779c0a07932bdd6aff4e761',1,3,'reset my password','account','account',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(5,'07b39a1b484300a89191bbc6',1,4,'cancel the order','refund','refund',NULL,NULL,'{}');
CREATE TABLE findings (
	seq INTEGER NOT NULL, 
	example INTEGER NOT NULL, 
	"check" VARCHAR NOT NULL, 
	cluster INTEGER, 
	confidence FLOAT NOT NULL, 
	message TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	suggestion TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
CREATE TABLE jobs (
	seq INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	verb VARCHAR NOT NULL, 
	arguments TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	done FLOAT NOT NULL, 
	message TEXT NOT NULL, 
	error TEXT NOT NULL, 
	result TEXT NOT NULL, 
	pid INTEGER, 
	process_started FLOAT, 
	cancel BOOLEAN NOT NULL, 
	at VARCHAR NOT NULL, 
	finished VARCHAR, 
	PRIMARY KEY (seq), 
	UNIQUE (id)
);
CREATE TABLE queue (
	position INTEGER NOT NULL, 
	example INTEGER NOT NULL, 
	confidence FLOAT NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (example), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
CREATE TABLE rejected (
	seq INTEGER NOT NULL, 
	source INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	"offset" INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	message TEXT NOT NULL, 
	raw TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(source) REFERENCES sources (id)
);
CREATE TABLE results (
	seq INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
CREATE TABLE settings (
	"key" VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE sources (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	digest VARCHAR NOT NULL, 
	format VARCHAR NOT NULL, 
	shape VARCHAR NOT NULL, 
	encoding VARCHAR NOT NULL, 
	columns TEXT NOT NULL, 
	warnings TEXT NOT NULL, 
	stored INTEGER NOT NULL, 
	rejected INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sources" VALUES(1,'t.csv','1330e4f6e17613d4e56c22c717fa5158a3a9f5f536f3b6292ed4a45333638c8a','csv','flat','utf-8','{"input": ["text"], "label": "category"}','[]',5,0,1,'2026-11-30T08:40:17+00:00');
CREATE TABLE states (
	example INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	status VARCHAR NOT NULL, 
	input TEXT, 
	output TEXT, 
	label TEXT, 
	pinned VARCHAR NOT NULL, 
	PRIMARY KEY (example), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
INSERT INTO "states" VALUES(1,1,'labelled',NULL,NULL,'refund','');
INSERT INTO "states" VALUES(2,2,'undecided',NULL,NULL,NULL,'');
CREATE INDEX cluster_sizes_order ON cluster_sizes (size, cluster);
CREATE INDEX ix_results_kind ON results (kind);
CREATE INDEX ix_examples_label ON examples (label);
CREATE INDEX ix_examples_source ON examples (source);
CREATE INDEX ix_rejected_source ON rejected (source);
CREATE INDEX ix_states_status ON states (status);
CREATE INDEX ix_clusters_cluster ON clusters (cluster);
CREATE INDEX findings_order ON findings ("check", confidence, seq);
CREATE INDEX ix_findings_example ON findings (example);
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER examples_no_update BEFORE UPDATE ON examples BEGIN SELECT RAISE(ABORT, 'examples are append-only'); END;
CREATE TRIGGER examples_no_delete BEFORE DELETE ON examples BEGIN SELECT RAISE(ABORT, 'examples are append-only'); END;
CREATE TRIGGER rejected_no_update BEFORE UPDATE ON rejected BEGIN SELECT RAISE(ABORT, 'rejected are append-only'); END;
CREATE TRIGGER rejected_no_delete BEFORE DELETE ON rejected BEGIN SELECT RAISE(ABORT, 'rejected are append-only'); END;
COMMIT;
