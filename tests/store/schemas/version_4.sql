BEGIN TRANSACTION;
CREATE TABLE about (
	"key" VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "about" VALUES('schema_version','4');
INSERT INTO "about" VALUES('version','13');
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
	similarity FLOAT DEFAULT '1' NOT NULL, 
	PRIMARY KEY (cluster)
);
INSERT INTO "cluster_sizes" VALUES(0,2,'contradiction',1,1.0);
CREATE TABLE clusters (
	example INTEGER NOT NULL, 
	cluster INTEGER NOT NULL, 
	keeper INTEGER NOT NULL, 
	similarity FLOAT NOT NULL, 
	kind VARCHAR NOT NULL, 
	PRIMARY KEY (example), 
	FOREIGN KEY(example) REFERENCES examples (seq)
);
INSERT INTO "clusters" VALUES(1,0,1,1.0,'contradiction');
INSERT INTO "clusters" VALUES(2,1,2,1.0,'unique');
INSERT INTO "clusters" VALUES(3,0,1,1.0,'contradiction');
INSERT INTO "clusters" VALUES(6,2,6,1.0,'unique');
INSERT INTO "clusters" VALUES(7,3,7,1.0,'unique');
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
INSERT INTO "decisions" VALUES(1,1,'label','delivery','ann','2026-11-28T21:51:17+00:00',0,'was wrong','','777c4b437a39fc620f70da335b73bbd6b5d8d6042eccee8f3c1ca665ff12f3d9','');
INSERT INTO "decisions" VALUES(2,2,'accept','','bob','2026-11-28T21:51:17+00:00',0,'','777c4b437a39fc620f70da335b73bbd6b5d8d6042eccee8f3c1ca665ff12f3d9','7024ce0a86aeb19538c980361eb53909f9946682aa664b4335f1fd7b65bb6ecd','');
INSERT INTO "decisions" VALUES(3,2,'undo','2','bob','2026-11-28T21:51:17+00:00',1,'','7024ce0a86aeb19538c980361eb53909f9946682aa664b4335f1fd7b65bb6ecd','36e401650ece89b96845d99e8e84e1f6127a70d5d6ef0f9f69d814fd1aa9e46c','');
INSERT INTO "decisions" VALUES(4,4,'reject','','ann','2026-11-28T21:51:17+00:00',0,'all suspects','36e401650ece89b96845d99e8e84e1f6127a70d5d6ef0f9f69d814fd1aa9e46c','5d3298d059db50eacfee00556fc8c0ea9bdfa9ef0efed2c75510060e0723059f','a847b9031039');
INSERT INTO "decisions" VALUES(5,5,'reject','','ann','2026-11-28T21:51:17+00:00',0,'all suspects','5d3298d059db50eacfee00556fc8c0ea9bdfa9ef0efed2c75510060e0723059f','51296acf69b492afa866d80788ebf823739ceeb6284d6f68ecdeb8d8dfa38a54','a847b9031039');
INSERT INTO "decisions" VALUES(6,6,'label','refund','ann','2026-11-28T21:51:17+00:00',0,'all suspects','51296acf69b492afa866d80788ebf823739ceeb6284d6f68ecdeb8d8dfa38a54','da600ecf6d6a5822af90d5efe74cff388f58fc6d039d5b904c8283043dbd3a05','a847b9031039');
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
INSERT INTO "examples" VALUES(1,'c29101f914454a48c18aaa07',1,0,'please send my money back','refund','refund',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(2,'260cc10154ce02b457654027',1,1,'refund me for the broken lamp','refund','refund',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(3,'c29101f914454a48c18aaa07-1',1,2,'please send my money back','refund','refund',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(4,'409a0025917f9c86f38627f2',1,3,'where is my parcel today','delivery','delivery',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(5,'ed9d24cbba8eeaea6543ada0',1,4,'the courier never came to my door','delivery','delivery',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(6,'32adbb772e98e38f1f82e0e3',1,5,'i cannot log into my account','account','account',NULL,NULL,'{}');
INSERT INTO "examples" VALUES(7,'11d04815a3556ab81759c124',1,6,'reset the password please','account','account',NULL,NULL,'{}');
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
INSERT INTO "results" VALUES(1,'dedup',5,'2026-11-28T21:51:17+00:00','{"on": "input", "threshold": 0.7, "shingle": 3, "keeper": "complete", "seed": 1, "num_perm": 128, "workers": 2, "exact_below": 5000, "cluster_cap": 1000, "method": "all pairs", "scheme": "affine32", "bands": 20, "rows_per_band": 6, "distinct": 4, "giant_clusters": 0, "giant": []}');
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
INSERT INTO "round_rows" VALUES(1,0,6,'all',1.25);
INSERT INTO "round_rows" VALUES(1,1,3,'all',1.25);
INSERT INTO "round_rows" VALUES(1,2,1,'all',1.25);
INSERT INTO "round_rows" VALUES(1,3,7,'all',1.25);
CREATE TABLE rounds (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	settings TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "rounds" VALUES(1,'team','{"seed": 0, "overlap": 2, "names": [], "chances": [[], [], [], []], "sources": [1], "decisions": 6}',5,'2026-11-28T21:51:17+00:00');
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
INSERT INTO "sources" VALUES(1,'tickets.csv','c3011589a29c0100fd4dd9795da70d9d3b22935e2f3339d635a1b7a461ab0182','csv','flat','utf-8','{"input": ["text"], "label": "category"}','[]',7,0,1,'2026-11-28T21:51:16+00:00');
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
INSERT INTO "states" VALUES(1,1,'labelled',NULL,NULL,'delivery','');
INSERT INTO "states" VALUES(2,2,'undecided',NULL,NULL,NULL,'');
INSERT INTO "states" VALUES(4,1,'rejected',NULL,NULL,NULL,'');
INSERT INTO "states" VALUES(5,1,'rejected',NULL,NULL,NULL,'');
INSERT INTO "states" VALUES(6,1,'labelled',NULL,NULL,'refund','');
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
INSERT INTO "votes" VALUES(1,1,6,'ann','label','refund','2026-11-28T21:51:17+00:00',1);
INSERT INTO "votes" VALUES(2,1,6,'bob','label','refund','2026-11-28T21:51:17+00:00',1);
INSERT INTO "votes" VALUES(3,1,1,'bob','unknown','','2026-11-28T21:51:17+00:00',1);
CREATE INDEX cluster_sizes_kind ON cluster_sizes (kind, size, cluster);
CREATE INDEX cluster_sizes_kind_similarity ON cluster_sizes (kind, similarity, cluster, size);
CREATE INDEX cluster_sizes_order ON cluster_sizes (size, cluster);
CREATE INDEX cluster_sizes_similarity ON cluster_sizes (similarity, cluster, size);
CREATE INDEX ix_results_kind ON results (kind);
CREATE INDEX ix_rounds_kind ON rounds (kind);
CREATE INDEX ix_calls_arm ON calls (arm);
CREATE INDEX ix_examples_label ON examples (label);
CREATE INDEX examples_source_label ON examples (source, label);
CREATE INDEX ix_examples_source ON examples (source);
CREATE INDEX ix_rejected_source ON rejected (source);
CREATE INDEX ix_decisions_batch ON decisions (batch);
CREATE INDEX ix_states_status ON states (status);
CREATE INDEX ix_clusters_cluster ON clusters (cluster);
CREATE INDEX ix_findings_example ON findings (example);
CREATE INDEX findings_order ON findings ("check", confidence DESC, seq, example);
CREATE INDEX findings_sure ON findings (confidence DESC, seq, example);
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
