BEGIN TRANSACTION;
CREATE TABLE about (
	"key" VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "about" VALUES('schema_version','5');
INSERT INTO "about" VALUES('version','7');
INSERT INTO "about" VALUES('data_version','5');
INSERT INTO "about" VALUES('events','{"count":5,"hash":"7ffbf8871c03e7d0c45fc853b1b0a2a126108b5ae6eb90e323ed4ae2aa2d1ad5","seq":5}');
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
	similarity FLOAT DEFAULT '1' NOT NULL, 
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
CREATE TABLE events (
	seq INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	at VARCHAR NOT NULL, 
	batch VARCHAR DEFAULT '' NOT NULL, 
	client VARCHAR, 
	client_seq INTEGER, 
	format INTEGER NOT NULL, 
	previous VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	example INTEGER, 
	revision INTEGER, 
	seen_version INTEGER, 
	PRIMARY KEY (seq), 
	UNIQUE (client, client_seq), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
INSERT INTO "events" VALUES(1,'decision','ff82c781843118f215f98b31','{"action":"label","reason":"was wrong","value":"refund"}','ann','2026-11-30T08:40:27+00:00','',NULL,NULL,2,'','57b075eba7d58b04a792fdd5f9d0e8906c7f20ac1b03d9d057de0860bba1ec4a',1,0,0);
INSERT INTO "events" VALUES(2,'decision','0068a8ef892f6f7c8ba3ad52','{"action":"accept","reason":"","value":""}','bob','2026-11-30T08:40:27+00:00','',NULL,NULL,2,'57b075eba7d58b04a792fdd5f9d0e8906c7f20ac1b03d9d057de0860bba1ec4a','6762243f1d0808ee7a0c7d54abbde994f5db31c3b1db7fdc749cf9f00b92f157',2,0,0);
INSERT INTO "events" VALUES(3,'decision','0068a8ef892f6f7c8ba3ad52','{"action":"undo","reason":"","value":"2"}','bob','2026-11-30T08:40:27+00:00','',NULL,NULL,2,'6762243f1d0808ee7a0c7d54abbde994f5db31c3b1db7fdc749cf9f00b92f157','cb7ef0cfa82044ca89ab7a4e2616f26ad72c1baa85c39ffceed7363cb7e2fbff',2,0,1);
INSERT INTO "events" VALUES(4,'decision','','{"changes":[["dbfa709a52cc3614ca786b7c","accept","",0],["3779c0a07932bdd6aff4e761","accept","",0]],"reason":"all suspects"}','ann','2026-11-30T08:40:27+00:00','d26458418313',NULL,NULL,2,'cb7ef0cfa82044ca89ab7a4e2616f26ad72c1baa85c39ffceed7363cb7e2fbff','02c844b3363d361272eaa236e53c0e9932cf77189ec708bc631f4815f4cd2518',NULL,NULL,NULL);
INSERT INTO "events" VALUES(5,'vote','1','{"answer":"label","example":"3779c0a07932bdd6aff4e761","value":"refund"}','ann','2026-11-30T08:40:27+00:00','',NULL,NULL,2,'02c844b3363d361272eaa236e53c0e9932cf77189ec708bc631f4815f4cd2518','7ffbf8871c03e7d0c45fc853b1b0a2a126108b5ae6eb90e323ed4ae2aa2d1ad5',4,0,1);
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
CREATE TABLE history (
	seq INTEGER NOT NULL, 
	example INTEGER NOT NULL, 
	action VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	reviewer TEXT NOT NULL, 
	at VARCHAR NOT NULL, 
	seen_version INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	batch VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (seq, example), 
	UNIQUE (example, seen_version), 
	FOREIGN KEY(example) REFERENCES examples (seq)
)
 WITHOUT ROWID

;
INSERT INTO "history" VALUES(1,1,'label','refund','ann','2026-11-30T08:40:27+00:00',0,'was wrong','');
INSERT INTO "history" VALUES(2,2,'accept','','bob','2026-11-30T08:40:27+00:00',0,'','');
INSERT INTO "history" VALUES(3,2,'undo','2','bob','2026-11-30T08:40:27+00:00',1,'','');
INSERT INTO "history" VALUES(4,3,'accept','','ann','2026-11-30T08:40:27+00:00',0,'all suspects','d26458418313');
INSERT INTO "history" VALUES(4,4,'accept','','ann','2026-11-30T08:40:27+00:00',0,'all suspects','d26458418313');
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
	actor TEXT DEFAULT '' NOT NULL, 
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
	snapshot TEXT DEFAULT '' NOT NULL, 
	at VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
CREATE TABLE revisions (
	example INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	source INTEGER NOT NULL, 
	texts TEXT NOT NULL, 
	PRIMARY KEY (example, revision), 
	FOREIGN KEY(example) REFERENCES examples (seq), 
	FOREIGN KEY(source) REFERENCES sources (id)
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
INSERT INTO "round_rows" VALUES(1,0,4,'all',2.5);
INSERT INTO "round_rows" VALUES(1,1,1,'all',2.5);
CREATE TABLE rounds (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	settings TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "rounds" VALUES(1,'team','{"seed": 0, "overlap": 2, "names": [], "chances": [[], []], "sources": [1], "decisions": 4}',5,'2026-11-30T08:40:27+00:00');
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
INSERT INTO "sources" VALUES(1,'t.csv','1330e4f6e17613d4e56c22c717fa5158a3a9f5f536f3b6292ed4a45333638c8a','csv','flat','utf-8','{"input": ["text"], "label": "category"}','[]',5,0,1,'2026-11-30T08:40:27+00:00');
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
	seen_version INTEGER, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(round) REFERENCES rounds (id), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
CREATE INDEX cluster_sizes_similarity ON cluster_sizes (similarity, cluster, size);
CREATE INDEX cluster_sizes_kind ON cluster_sizes (kind, size, cluster);
CREATE INDEX cluster_sizes_kind_similarity ON cluster_sizes (kind, similarity, cluster, size);
CREATE INDEX cluster_sizes_order ON cluster_sizes (size, cluster);
CREATE INDEX ix_results_kind ON results (kind);
CREATE INDEX ix_rounds_kind ON rounds (kind);
CREATE INDEX ix_calls_arm ON calls (arm);
CREATE INDEX ix_examples_source ON examples (source);
CREATE INDEX ix_examples_label ON examples (label);
CREATE INDEX examples_source_label ON examples (source, label);
CREATE INDEX ix_rejected_source ON rejected (source);
CREATE INDEX ix_decisions_batch ON decisions (batch);
CREATE INDEX events_kind ON events (kind, seq);
CREATE UNIQUE INDEX events_decided ON events (example, seen_version) WHERE kind = 'decision';
CREATE INDEX ix_history_batch ON history (batch);
CREATE INDEX ix_revisions_source ON revisions (source);
CREATE INDEX ix_states_status ON states (status);
CREATE INDEX ix_clusters_cluster ON clusters (cluster);
CREATE INDEX findings_sure ON findings (confidence DESC, seq, example);
CREATE INDEX ix_findings_example ON findings (example);
CREATE INDEX findings_order ON findings ("check", confidence DESC, seq, example);
CREATE INDEX ix_round_rows_example ON round_rows (example);
CREATE INDEX votes_round ON votes (round, example);
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER examples_no_update BEFORE UPDATE ON examples BEGIN SELECT RAISE(ABORT, 'examples are append-only'); END;
CREATE TRIGGER examples_no_delete BEFORE DELETE ON examples BEGIN SELECT RAISE(ABORT, 'examples are append-only'); END;
CREATE TRIGGER rejected_no_update BEFORE UPDATE ON rejected BEGIN SELECT RAISE(ABORT, 'rejected are append-only'); END;
CREATE TRIGGER rejected_no_delete BEFORE DELETE ON rejected BEGIN SELECT RAISE(ABORT, 'rejected are append-only'); END;
CREATE TRIGGER revisions_no_update BEFORE UPDATE ON revisions BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END;
CREATE TRIGGER revisions_no_delete BEFORE DELETE ON revisions BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END;
CREATE TRIGGER votes_no_update BEFORE UPDATE ON votes BEGIN SELECT RAISE(ABORT, 'votes are append-only'); END;
CREATE TRIGGER votes_no_delete BEFORE DELETE ON votes BEGIN SELECT RAISE(ABORT, 'votes are append-only'); END;
CREATE TRIGGER decisions_no_insert BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are read-only'); END;
CREATE TRIGGER votes_no_insert BEFORE INSERT ON votes BEGIN SELECT RAISE(ABORT, 'votes are read-only'); END;
COMMIT;
