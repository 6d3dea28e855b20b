BEGIN TRANSACTION;
CREATE TABLE about (
	"key" VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "about" VALUES('schema_version','2');
INSERT INTO "about" VALUES('version','5');
INSERT INTO "about" VALUES('data_version','5');
CREATE TABLE calls (
	"key" VARCHAR NOT NULL, 
	arm VARCHAR NOT NULL, 
	model TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	reply TEXT NOT NULL, 
	prompt_tokens FLOAT NOT NULL, 
	output_tokens FLOAT NOT NULL, 
	cost FLOAT NOT NULL, 
	latency_ms FLOAT NOT NULL, 
	attempts INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
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
	batch VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (example, seen_version), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
INSERT INTO "decisions" VALUES(1,1,'label','refund','ann','2026-11-30T08:40:19+00:00',0,'was wrong','','fe958a71993de37ea42676202887d927ee7371c61283bd9b337037ce9347f96f','');
INSERT INTO "decisions" VALUES(2,2,'accept','','bob','2026-11-30T08:40:19+00:00',0,'','fe958a71993de37ea42676202887d927ee7371c61283bd9b337037ce9347f96f','7e935edd03e63d74fb4ea331c0c975c290728ee607e44f04d6f8eaabbec905d5','');
INSERT INTO "decisions" VALUES(3,2,'undo','2','bob','2026-11-30T08:40:19+00:00',1,'','7e935edd03e63d74fb4ea331c0c975c290728ee607e44f04d6f8eaabbec905d5','28d1c7118c77b78cb4e628c9a62b1aabe1897917fda2668e88254dd4cd4ef912','');
INSERT INTO "decisions" VALUES(4,3,'accept','','ann','2026-11-30T08:40:19+00:00',0,'all suspects','28d1c7118c77b78cb4e628c9a62b1aabe1897917fda2668e88254dd4cd4ef912','2f8c266bc327eaf9bcd97f9cc8a627fc9b5554806a4a71d56cc2755614853231','6a6340b4920a');
INSERT INTO "decisions" VALUES(5,4,'accept','','ann','2026-11-30T08:40:19+00:00',0,'all suspects','2f8c266bc327eaf9bcd97f9cc8a627fc9b5554806a4a71d56cc2755614853231','e4721b1a87b8ae37a28286739c321b230d8778b1d6fb288d6f810ec92167f3de','6a6340b4920a');
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
CREATE TABLE round_rows (
	round INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	example INTEGER NOT NULL, 
	stratum VARCHAR NOT NULL, 
	weight FLOAT NOT NULL, 
	PRIMARY KEY (round, position), 
	FOREIGN KEY(round) REFERENCES rounds (id), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
CREATE TABLE rounds (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	settings TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (id)
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
INSERT INTO "sources" VALUES(1,'t.csv','1330e4f6e17613d4e56c22c717fa5158a3a9f5f536f3b6292ed4a45333638c8a','csv','flat','utf-8','{"input": ["text"], "label": "category"}','[]',5,0,1,'2026-11-30T08:40:19+00:00');
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
INSERT INTO "states" VALUES(3,1,'accepted',NULL,NULL,NULL,'');
INSERT INTO "states" VALUES(4,1,'accepted',NULL,NULL,NULL,'');
CREATE TABLE votes (
	seq INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	example INTEGER NOT NULL, 
	reviewer TEXT NOT NULL, 
	answer VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(round) REFERENCES rounds (id), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
CREATE INDEX cluster_sizes_order ON cluster_sizes (size, cluster);
CREATE INDEX ix_results_kind ON results (kind);
CREATE INDEX ix_rounds_kind ON rounds (kind);
CREATE INDEX ix_calls_arm ON calls (arm);
CREATE INDEX ix_examples_source ON examples (source);
CREATE INDEX ix_examples_label ON examples (label);
CREATE INDEX ix_rejected_source ON rejected (source);
CREATE INDEX ix_decisions_batch ON decisions (batch);
CREATE INDEX ix_states_status ON states (status);
CREATE INDEX ix_clusters_cluster ON clusters (cluster);
CREATE INDEX ix_findings_example ON findings (example);
CREATE INDEX findings_order ON findings ("check", confidence, seq);
CREATE INDEX ix_round_rows_example ON round_rows (example);
CREATE INDEX votes_round ON votes (round, example);
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER examples_no_update BEFORE UPDATE ON examples BEGIN SELECT RAISE(ABORT, 'examples are append-only'); END;
CREATE TRIGGER examples_no_delete BEFORE DELETE ON examples BEGIN SELECT RAISE(ABORT, 'examples are append-only'); END;
CREATE TRIGGER rejected_no_update BEFORE UPDATE ON rejected BEGIN SELECT RAISE(ABORT, 'rejected are append-only'); END;
CREATE TRIGGER rejected_no_delete BEFORE DELETE ON rejected BEGIN SELECT RAISE(ABORT, 'rejected are append-only'); END;
CREATE TRIGGER votes_no_update BEFORE UPDATE ON votes BEGIN SELECT RAISE(ABORT, 'votes are append-only'); END;
CREATE TRIGGER votes_no_delete BEFORE DELETE ON votes BEGIN SELECT RAISE(ABORT, 'votes are append-only'); END;
COMMIT;
