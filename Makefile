# The commands of this house. Each does its own set-up; the work is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help demo test check assets bench shots clean

help: ## What there is to do
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: ## A coworking space with doors to watch, from nothing (ARGS="--port 8080 --at 2026-03-02T11:28:00Z" passes options on)
	@scripts/demo.sh $(ARGS)

test: ## Everything that must hold; also what CI runs
	@scripts/test.sh

check: ## Format and lints only, for a quick answer while writing
	@scripts/need.sh
	@scripts/assets.sh
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

assets: ## What pages load: styles, programs, font, icons
	@scripts/need.sh
	@scripts/assets.sh

bench: ## Speed as ratios to peers measured in the same run
	@scripts/bench.sh $(ARGS)

shots: ## Pictures of every page into screenshots/
	@scripts/shots.sh $(ARGS)

clean: ## Removes everything built; data folders stay
	cargo clean
	rm -rf crates/web/assets/dist crates/web/assets/node_modules e2e/node_modules e2e/kisi-client/node_modules screenshots
